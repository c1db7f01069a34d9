/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.time.Duration;

/**
 * How one agent did at one type of task within one window. A snapshot: it never changes.
 *
 * @param count attempts that ended
 * @param successRate share of them whose work stands; NaN when count is 0
 * @param meanQuality of those that stand, in [0,1]; NaN when there is none
 * @param p50 median time of an attempt, zero when count is 0
 * @param p95 95th percentile of the time of an attempt
 * @param p99 99th percentile of the time of an attempt
 * @param cost US dollars in all
 */
public record Performance(
    long count,
    double successRate,
    double meanQuality,
    Duration p50,
    Duration p95,
    Duration p99,
    double cost) {
  private static final Performance NONE =
      new Performance(0, Double.NaN, Double.NaN, Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);

  /**
   * The performance of somebody nobody has seen.
   *
   * @return the one instance
   */
  public static Performance none() {
    return NONE;
  }
}
