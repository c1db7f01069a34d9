/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import dev.arbiter.tracker.analysis.RollbackCheck.Diagnosis.Outcome;
import dev.arbiter.tracker.internal.Distributions;

/**
 * Tests whether performance after a rollback equals that before the change, within a margin.
 *
 * <p>Finding no difference does not prove equality. So two one-sided tests ask whether the values
 * are off by more than the margin; only if both are rejected is the outcome {@link Outcome#SAME}.
 * The tests compare geometric means, by Welch's t on logarithms, of values above 0 such as
 * latencies and rates; a margin of 0.05 allows a factor of 1.05 in both directions. Stateless;
 * equal input gives equal answers. Test once, after enough measurements: unlike {@link
 * RegressionWatch} it does not allow repeated looks.
 *
 * <p>Source: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987).
 */
public final class RollbackCheck {
  private static final int FEWEST = 10;
  private static final double CONFIDENCE = 0.95;

  private RollbackCheck() {}

  /**
   * Compares two samples.
   *
   * @param before values from before the change, above 0
   * @param after values from after the rollback, above 0
   * @param margin how far the typical value may be off, relative, above 0
   * @return the diagnosis
   * @throws IllegalArgumentException if a value is not above 0 and finite, or the margin is not
   *     above 0
   */
  public static Diagnosis compare(double[] before, double[] after, double margin) {
    Require.that(margin > 0, "rollback.margin must be above 0, got %s", margin);
    Moments was = Moments.ofLogs(before);
    Moments is = Moments.ofLogs(after);
    double noise = was.squaredError() + is.squaredError();
    if (before.length < FEWEST || after.length < FEWEST || !(noise > 0)) {
      return diagnosis(Outcome.INSUFFICIENT, 0, 0, margin, before, after);
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
    return diagnosis(outcome, shift, reach, margin, before, after);
  }

  private static Diagnosis diagnosis(
      Outcome outcome, double shift, double reach, double margin, double[] before, double[] after) {
    ConfidenceInterval change =
        new ConfidenceInterval(
            Math.expm1(shift), Math.expm1(shift - reach), Math.expm1(shift + reach));
    return new Diagnosis(outcome, change, margin, before.length, after.length);
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
   * Whether a metric returned to its value before the change.
   *
   * @param outcome the answer
   * @param change how much higher the typical value is after than before, relative, with the 90 %
   *     interval that corresponds to two one-sided tests at 5 %
   * @param margin the allowed difference
   * @param before the number of values before
   * @param after the number of values after
   */
  public record Diagnosis(
      Outcome outcome, ConfidenceInterval change, double margin, int before, int after) {

    /** The possible answers. */
    public enum Outcome {
      /** Equal within the margin, at 5 % risk of error. */
      SAME,
      /** Beyond the margin. */
      DIFFERENT,
      /** The interval crosses the margin: measure longer. */
      UNDECIDED,
      /** Insufficient data: fewer than 10 values before or after, or values that do not vary. */
      INSUFFICIENT
    }
  }
}
