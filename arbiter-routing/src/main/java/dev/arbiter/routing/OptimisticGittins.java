/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.math.Gaussian;
import dev.arbiter.routing.internal.record.SuccessCounts;

/** See {@link BanditPolicy#optimisticGittins()}. */
final class OptimisticGittins extends RecordIndex {
  /*
   * With a normal posterior of mean m and deviation s, and with y the discount, the index is
   * m + s d where (1 - y) d = y (density(d) - d (1 - normal(d))). That d depends on the discount
   * alone, so one root serves all candidates. Left minus right rises and is concave: Newton's
   * steps from below rise to the root, and the last decision's root is a little below.
   */
  static final String NAME = "optimistic-gittins";
  private static final double START = 20;
  private static final double PRECISE = 1e-9;

  private double mean;
  private double optimism;

  OptimisticGittins() {
    super(NAME, "index");
  }

  /* The last root, because the next one's last bits depend on it. */
  @Override
  public void continues(Continuation continuation) {
    super.continues(continuation);
    continuation.numbers(
        "optimism", () -> new double[] {optimism}, numbers -> optimism = numbers[0]);
  }

  @Override
  void begin(CandidateSet candidates) {
    mean = record.counts.populationMean();
    optimism = optimism(record.total() + START, optimism);
  }

  @Override
  double index(CandidateSet candidates, int candidate) {
    return index(candidates.rows[candidate]);
  }

  @Override
  double index(int row) {
    double expected = record.counts.mean(row, mean);
    double deviation =
        Math.sqrt(
            expected * (1 - expected) / (SuccessCounts.PRIOR + record.counts.outcomes(row) + 1));
    return expected + deviation * optimism;
  }

  /**
   * The sure reward as good as one more look, in deviations above the mean.
   *
   * @param age 1 / (1 - discount)
   * @param start a point below the root, or the last root
   */
  static double optimism(double age, double start) {
    double d = start;
    double step = 1;
    while (Math.abs(step) > PRECISE) {
      double beyond = Gaussian.cumulative(-d);
      double gain = Math.exp(-d * d / 2) / Math.sqrt(2 * Math.PI) - d * beyond;
      step = ((age - 1) * gain - d) / (1 + (age - 1) * beyond);
      d += step;
    }
    return d;
  }
}
