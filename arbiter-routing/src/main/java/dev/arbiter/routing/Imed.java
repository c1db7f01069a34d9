/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.math.Divergence;

/** See {@link BanditPolicy#imed()}. */
final class Imed extends RecordIndex {
  static final String NAME = "imed";

  private double highest;

  Imed() {
    super(NAME, "index");
  }

  @Override
  void begin(CandidateSet candidates) {
    highest = 0;
    for (int row : candidates.rows) {
      highest = Math.max(highest, record.counts.rate(row));
    }
  }

  /** The paper's index with its sign turned, so that higher is better. */
  @Override
  double index(int row) {
    double count = record.counts.outcomes(row);
    return -count * Divergence.bernoulli(record.counts.rate(row), highest) - Math.log(count);
  }
}
