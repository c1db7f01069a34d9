/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.routing.internal.math.BetaFunction;
import java.util.Arrays;

/**
 * An estimate with its 95 % interval.
 *
 * <p>The interval is to hold the truth in 95 of 100 cases. It is cut to the possible range; the
 * value is not, so that its mean stays right.
 *
 * @param value the estimate
 * @param standardError the standard deviation of {@code value}, itself estimated
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
public record IntervalEstimate(double value, double standardError, double low, double high) {
  private static final double QUANTILE = 1.959963984540054;

  /** The mean of independent values, at least two. */
  static IntervalEstimate mean(double[] values) {
    double error = Math.sqrt(variance(values) / values.length);
    double reach = quantile(values.length - 1) * error;
    double mean = average(values);
    return new IntervalEstimate(mean, error, mean - reach, mean + reach);
  }

  /**
   * An estimate of a number between bounds.
   *
   * <p>The interval is widened as if one observation more were off by the whole range, so that
   * equal observations do not pass for certainty.
   *
   * @param effective how many observations the estimate is worth
   */
  static IntervalEstimate within(
      double least, double most, double value, double error, double effective) {
    if (effective <= 0) {
      return new IntervalEstimate(value, error, least, most);
    }
    double reach = quantile(effective - 1) * Math.hypot(error, 1 / effective);
    return new IntervalEstimate(
        value, error, clamp(value - reach, least, most), clamp(value + reach, least, most));
  }

  private static double clamp(double value, double least, double most) {
    return Math.max(least, Math.min(most, value));
  }

  static double average(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  static double variance(double[] values) {
    double mean = average(values);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    return squares / (values.length - 1);
  }

  /* Student's 97.5 % quantile: the square of t is v x / (1 - x), where x is of Beta(1/2, v/2). */
  static double quantile(double freedom) {
    double v = Math.max(1, freedom);
    double normal = QUANTILE * QUANTILE;
    double x = BetaFunction.exceeded(.05, .5, v / 2, normal / (normal + v));
    return Math.sqrt(v * x / (1 - x));
  }
}
