/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.Arrays;

/**
 * A number that was estimated, with what it may be off by.
 *
 * <p>The interval is meant to hold the truth in 95 of 100 cases. It is cut to where the truth can
 * be; the value is not, so that its mean stays right.
 *
 * @param value the estimate
 * @param standardError the standard deviation of {@code value}, itself estimated
 * @param low lower end of the 95 % interval
 * @param high upper end of the 95 % interval
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
   * An estimate of what lies between bounds, by as many observations as are effective.
   *
   * <p>The interval is widened as if one observation more were off by everything, so that equal
   * observations do not pass for certainty.
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

  /* The 97.5 % quantile: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5. */
  static double quantile(double freedom) {
    double z = QUANTILE;
    double v = Math.max(1, freedom);
    double z2 = z * z;
    return z
        * (1
            + (z2 + 1) / (4 * v)
            + (5 * z2 * z2 + 16 * z2 + 3) / (96 * v * v)
            + (3 * z2 * z2 * z2 + 19 * z2 * z2 + 17 * z2 - 15) / (384 * v * v * v));
  }
}
