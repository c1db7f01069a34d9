/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Map;

/** See {@link BanditPolicy#weighted()}. */
final class Weighted extends IndexLearner {
  static final String NAME = "weighted";
  private static final double DECLARED = .7;
  private static final double MEASURED = .3;
  private static final double UNKNOWN = .5;

  private final MeanRecord record = new MeanRecord();

  Weighted() {
    super(NAME);
  }

  @Override
  double index(Slate slate, int candidate) {
    int row = slate.rows[candidate];
    double measured = record.count(row) > 0 ? record.rate(row) : UNKNOWN;
    return declared(slate, candidate) + MEASURED * measured;
  }

  private static double declared(Slate slate, int candidate) {
    float claim = slate.claim(candidate);
    return DECLARED * (Float.isNaN(claim) ? UNKNOWN : claim);
  }

  @Override
  Map<String, Double> parts(Slate slate, int candidate, double index) {
    double declared = declared(slate, candidate);
    return Map.of("declared level", declared, "record", index - declared);
  }

  @Override
  String why(Slate slate, int chosen) {
    return "takes the highest sum of .7 declared and .3 measured, ";
  }

  @Override
  public void rows(int count) {
    super.rows(count);
    record.rows(count);
  }

  @Override
  public void learn(Feedback feedback) {
    record.learn(feedback);
  }

  @Override
  public void forget(int row) {
    super.forget(row);
    record.forget(row);
  }

  @Override
  public Summed summed() {
    return record;
  }
}
