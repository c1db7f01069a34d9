/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

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
    float claim = slate.claim(candidate);
    int row = slate.rows[candidate];
    double declared = Float.isNaN(claim) ? UNKNOWN : claim;
    double measured = record.count(row) > 0 ? record.rate(row) : UNKNOWN;
    return DECLARED * declared + MEASURED * measured;
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
