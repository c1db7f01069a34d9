/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import dev.arbiter.tracker.analysis.RollbackCheck.Verdict.Outcome;
import dev.arbiter.tracker.internal.Distributions;

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
  public static Verdict compare(double[] before, double[] after, double margin) {
    Require.that(margin > 0, "rollback.margin must be above 0, got %s", margin);
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
    double reach = Distributions.studentQuantile(CONFIDENCE, freedom) * Math.sqrt(noise);
    double limit = Math.log1p(margin);
    Outcome outcome = Outcome.UNDECIDED;
    if (Math.abs(shift) + reach < limit) {
      outcome = Outcome.SAME;
    } else if (Math.abs(shift) - reach > limit) {
      outcome = Outcome.DIFFERENT;
    }
    return verdict(outcome, shift, reach, margin, before, after);
  }

  private static Verdict verdict(
      Outcome outcome, double shift, double reach, double margin, double[] before, double[] after) {
    ConfidenceInterval change =
        new ConfidenceInterval(
            Math.expm1(shift), Math.expm1(shift - reach), Math.expm1(shift + reach));
    return new Verdict(outcome, change, margin, before.length, after.length);
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

  /**
   * Whether a metric is after a rollback what it was before.
   *
   * @param outcome the answer
   * @param change how much higher the typical value is after than before, relative: its best guess
   *     and the 90 % interval that the two one-sided tests at 5 % amount to
   * @param margin how far it may be off
   * @param before how many values there were before
   * @param after how many after
   */
  public record Verdict(
      Outcome outcome, ConfidenceInterval change, double margin, int before, int after) {

    /** What can be said. */
    public enum Outcome {
      /** Equal within the margin, with 5 % risk of saying so wrongly. */
      SAME,
      /** Beyond the margin. */
      DIFFERENT,
      /** The interval reaches across the margin: neither shown; measure longer. */
      UNDECIDED,
      /** Insufficient data: fewer than 10 values before or after, or values that do not vary. */
      INSUFFICIENT
    }
  }
}
