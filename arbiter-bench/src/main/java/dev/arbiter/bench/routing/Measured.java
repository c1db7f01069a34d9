/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import java.util.Arrays;
import java.util.Locale;

/**
 * A mean over runs.
 *
 * @param mean of all runs
 * @param error its standard error, NaN for one run
 */
record Measured(double mean, double error) {

  static Measured of(double[] values) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return new Measured(mean, Math.sqrt(squares / (values.length - 1) / values.length));
  }

  @Override
  public String toString() {
    return Double.isNaN(error)
        ? String.format(Locale.ROOT, "%.1f", mean)
        : String.format(Locale.ROOT, "%.1f ± %.1f", mean, error);
  }
}
