/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

/**
 * A figure with its confidence interval. The level is stated where the figure is used.
 *
 * @param value the best estimate
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
public record ConfidenceInterval(double value, double low, double high) {

  /** {@return whether the figure is distinguishable from 0: its interval lies above 0} */
  public boolean isPositive() {
    return low > 0;
  }
}
