/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.tracker.analysis.RollbackVerdict.Outcome;

/**
 * Says whether performance after a rollback equals that before the change, within a margin.
 *
 * <p>That no difference is found is no proof that there is none, so the question is turned round:
 * two one-sided tests ask whether the values are off by more than the margin, and only when both
 * are refused are they {@link Outcome#SAME}. Compared are geometric means, by Welch's t on
 * logarithms, for values above 0 such as latencies and rates; a margin of 0.05 allows a factor of
 * 1.05 either way. Stateless; the same input gives the same answer. Look once, when enough was
 * measured: unlike {@link RegressionWatch} it does not allow for looking again and again.
 *
 * <p>Source: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987).
 */
public final class RollbackCheck {
  private static final int FEWEST = 10;
  private static final double CONFIDENCE = 0.95;

  private RollbackCheck() {}

  /**
   * Compares.
   *
   * @param before values from before the change, above 0
   * @param after values from after the rollback, above 0
   * @param margin how far the typical value may be off, relative, above 0
   * @return the verdict
   * @throws IllegalArgumentException if a value is not above 0 and finite, or the margin is not
   *     above 0
   */
  public static RollbackVerdict compare(double[] before, double[] after, double margin) {
    if (!(margin > 0)) {
      throw new IllegalArgumentException("rollback.margin must be above 0, got " + margin);
    }
    Moments was = Moments.ofLogs(before);
    Moments is = Moments.ofLogs(after);
    double noise = was.squaredError() + is.squaredError();
    if (before.length < FEWEST || after.length < FEWEST || !(noise > 0)) {
      return verdict(Outcome.INSUFFICIENT, 0, 0, margin, before, after);
    }
    double freedom =
        noise
            * noise
            / (Math.pow(was.squaredError(), 2) / (before.length - 1)
                + Math.pow(is.squaredError(), 2) / (after.length - 1));
    double shift = is.mean - was.mean;
    double reach = StudentT.quantile(CONFIDENCE, freedom) * Math.sqrt(noise);
    double limit = Math.log1p(margin);
    Outcome outcome = Outcome.UNDECIDED;
    if (Math.abs(shift) + reach < limit) {
      outcome = Outcome.SAME;
    } else if (Math.abs(shift) - reach > limit) {
      outcome = Outcome.DIFFERENT;
    }
    return verdict(outcome, shift, reach, margin, before, after);
  }

  private static RollbackVerdict verdict(
      Outcome outcome, double shift, double reach, double margin, double[] before, double[] after) {
    ConfidenceInterval change =
        new ConfidenceInterval(
            Math.expm1(shift), Math.expm1(shift - reach), Math.expm1(shift + reach));
    return new RollbackVerdict(outcome, change, margin, before.length, after.length);
  }

  /** Mean and variance of logarithms. */
  private record Moments(double mean, double variance, int n) {
    static Moments ofLogs(double[] values) {
      double mean = 0;
      double squares = 0;
      for (int i = 0; i < values.length; i++) {
        if (!(values[i] > 0) || Double.isInfinite(values[i])) {
          throw new IllegalArgumentException(
              "rollback check needs values above 0, got " + values[i]);
        }
        double log = Math.log(values[i]);
        double delta = log - mean;
        mean += delta / (i + 1);
        squares += delta * (log - mean);
      }
      return new Moments(
          mean, values.length < 2 ? 0 : squares / (values.length - 1), values.length);
    }

    double squaredError() {
      return n == 0 ? 0 : variance / n;
    }
  }
}
