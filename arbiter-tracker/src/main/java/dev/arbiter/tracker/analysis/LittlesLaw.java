/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

/**
 * A self-check of what was measured: work in progress is arrival rate times time in progress,
 * whatever the distributions (Little, Operations Research 9 (1961)). Figures of one stretch of time
 * that do not agree were measured wrongly: attempts lost, times cut off, or a gauge that misses
 * bursts.
 *
 * @param inFlight mean number in progress, from a gauge read at even intervals
 * @param perSecond how many ended in a second
 * @param seconds their mean time
 */
public record LittlesLaw(double inFlight, double perSecond, double seconds) {
  /** How far the two sides may be apart. */
  public static final double MARGIN = 0.05;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a figure is negative or no number
   */
  public LittlesLaw {
    if (!(inFlight >= 0 && perSecond >= 0 && seconds >= 0)) {
      throw new IllegalArgumentException(
          "Little's law needs figures of at least 0, got "
              + inFlight
              + ", "
              + perSecond
              + ", "
              + seconds);
    }
  }

  /**
   * How far the two sides are apart, relative to the greater.
   *
   * @return in [0,1]; 0 when both are 0
   */
  public double residual() {
    double expected = perSecond * seconds;
    double greater = Math.max(inFlight, expected);
    return greater == 0 ? 0 : Math.abs(inFlight - expected) / greater;
  }

  /**
   * Tells whether the figures agree.
   *
   * @return whether the residual is at most {@value #MARGIN}
   */
  public boolean holds() {
    return residual() <= MARGIN;
  }
}
