/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.summary;

import java.time.Duration;

/**
 * The trends of one agent at one task type within one window. A snapshot that never changes.
 *
 * <p>Each metric gets a straight line through the means of its sub-windows, weighted by their
 * attempts. It has a direction if there are at least 20 attempts in at least 4 sub-windows, the
 * line changes by at least 5 % of the metric's mean from the first attempt to the last (for shares
 * in [0,1]: by at least 0.05), and a slope of zero is rejected at 1 %, two-sided; otherwise it is
 * stable. A frequent reader sees a false direction in one look of a hundred.
 *
 * <p>The test knows that neighbouring values are alike: it fits with an AR(1) error, whose
 * correlation is estimated without bias and on the safe side, and takes the error for a random walk
 * from 0.5 on (Perron and Yabu, "Estimating deterministic trends with an integrated or stationary
 * noise component", Journal of Econometrics 151 (2009)). Within the last hour, a rise also counts
 * only beyond what neighbouring hours of the last day usually differ by. So the promise holds for
 * latencies that are AR(1) with 0.5, 0.9 or 0.99 at 200 attempts and more, and for a daily cycle of
 * which a day is known. It does not hold where a process wanders for longer than the window (up to
 * three looks of a hundred), nor for an hour of a daily cycle before seven hours are known: give a
 * baseline then. Of true rises of 10 % among 3,000 attempts in an hour, sd 30 %, 88 of 100 are seen
 * (TrendsAutocorrelationTest).
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
