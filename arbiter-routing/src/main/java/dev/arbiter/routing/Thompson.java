/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.MeanRecord.RecordLearner;
import java.util.random.RandomGenerator;

/** See {@link BanditPolicy#thompson()} and {@link BanditPolicy#discountedThompson(double)}. */
final class Thompson extends ThompsonLearner implements RecordLearner {
  static final String NAME = "thompson";
  static final String DISCOUNTED = "discounted-thompson";

  private final MeanRecord record;

  Thompson(String name, RandomGenerator random, double keep) {
    super(name, random);
    this.record = new MeanRecord(keep, row -> {});
  }

  @Override
  void draw(Draws draws, int place, int row) {
    double successes = record.counts.successes(row);
    drawBeta(draws, place, 1 + successes, 1 + record.counts.outcomes(row) - successes);
  }

  @Override
  public MeanRecord record() {
    return record;
  }
}
