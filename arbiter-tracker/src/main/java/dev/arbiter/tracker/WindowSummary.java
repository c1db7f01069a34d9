/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Performance;
import java.time.Duration;

/**
 * All that is known of one agent at one type of task within one window. A snapshot: it never
 * changes.
 *
 * @param performance what routers look at
 * @param successes attempts whose work stands
 * @param p999 99.9th percentile of the time of an attempt, zero when there was none; means little
 *     below a thousand attempts
 * @param inputTokens tokens read in all
 * @param outputTokens tokens written in all
 */
public record WindowSummary(
    Performance performance, long successes, Duration p999, long inputTokens, long outputTokens) {
  private static final WindowSummary NONE =
      new WindowSummary(Performance.none(), 0, Duration.ZERO, 0, 0);

  /**
   * The summary of nothing.
   *
   * @return the one instance
   */
  public static WindowSummary none() {
    return NONE;
  }
}
