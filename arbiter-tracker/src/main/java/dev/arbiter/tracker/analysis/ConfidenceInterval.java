/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

/**
 * A figure and how sure it is; with which confidence is said where it is used.
 *
 * @param value the best guess
 * @param low lower end of the interval
 * @param high upper end of it
 */
public record ConfidenceInterval(double value, double low, double high) {

  /**
   * Tells whether the figure can be told from 0.
   *
   * @return whether the interval lies above 0
   */
  public boolean isPositive() {
    return low > 0;
  }
}
