/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.summary;

import java.time.Duration;

/**
 * Where one agent at one type of task is heading within one window. A snapshot: it never changes.
 *
 * <p>Each metric gets a straight line through the means of its sub-windows, weighted by the
 * attempts behind each. It has a direction when there are at least 20 attempts in at least 4
 * sub-windows, the line changes by at least 5 % of the metric's mean from the window's first
 * attempt to its last (for shares in [0,1]: by at least 0.05), and a slope of zero is refused at 1
 * %, two-sided, by Student's t; else it is stable. A reader who looks often will see a direction
 * now and then where there is none: one look in a hundred.
 *
 * @param latency the time of an attempt, on a logarithmic scale so that single slow ones weigh
 *     little; rising is declining
 * @param accuracy the share of attempts whose work stands; rising is improving
 * @param quality of work that stands; rising is improving
 * @param cost dollars for each attempt; rising is declining
 */
public record Trends(Trend latency, Trend accuracy, Trend quality, Trend cost) {

  /** Whether things get better. */
  public enum Direction {
    /** They get better. */
    IMPROVING,
    /** They get worse. */
    DECLINING,
    /** They stay as they are, or there is too little to tell. */
    STABLE
  }

  /**
   * Where one metric is heading.
   *
   * @param direction whether that is good
   * @param change from the window's first sub-window to its last: relative to the mean, such as 0.2
   *     for a fifth more; for shares in [0,1] the difference; 0 when there is too little to tell
   * @param confidence 1 less the chance of so steep a line without a trend, in [0,1]
   * @param attempts how many attempts it is taken from
   * @param span from the first sub-window with an attempt to the last
   */
  public record Trend(
      Direction direction, double change, double confidence, long attempts, Duration span) {}
}
