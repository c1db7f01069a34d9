/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.summary;

import java.time.Duration;

/**
 * The trends of one agent at one task type within one window. A snapshot that never changes.
 *
 * <p>Each metric gets a straight line through the means of its sub-windows, weighted by their
 * attempts. It has a direction if there are at least 20 attempts in at least 4 sub-windows, the
 * line changes by at least 5 % of the metric's mean from the first attempt to the last (for shares
 * in [0,1]: by at least 0.05), and Student's t rejects a slope of zero at 1 %, two-sided; otherwise
 * it is stable. A frequent reader sees a false direction in one look of a hundred.
 *
 * @param latency the time of an attempt, on a logarithmic scale so that single slow attempts weigh
 *     little; rising is declining
 * @param accuracy the share of accepted attempts; rising is improving
 * @param quality of accepted work; rising is improving
 * @param cost dollars for each attempt; rising is declining
 */
public record Trends(Trend latency, Trend accuracy, Trend quality, Trend cost) {

  /** Whether things get better. */
  public enum Direction {
    /** They get better. */
    IMPROVING,
    /** They get worse. */
    DECLINING,
    /** Unchanged, or too little data. */
    STABLE
  }

  /**
   * The trend of one metric.
   *
   * @param direction whether it improves
   * @param change from the first sub-window to the last: relative to the mean, such as 0.2 for a
   *     fifth more; for shares in [0,1] the difference; 0 with too little data
   * @param confidence 1 less the chance of so steep a line without a trend, in [0,1]
   * @param attempts the number of attempts
   * @param span from the first sub-window with an attempt to the last
   */
  public record Trend(
      Direction direction, double change, double confidence, long attempts, Duration span) {}
}
