/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.time.Duration;

/**
 * The performance of one agent at one type of task in one window. A snapshot: it never changes.
 *
 * @param count attempts that ended
 * @param successRate share of them whose work was accepted; NaN if count is 0
 * @param meanQuality mean quality of accepted work, in [0,1]; NaN if there is none
 * @param p50 median time of an attempt, zero if count is 0
 * @param p95 95th percentile of the time of an attempt
 * @param p99 99th percentile of the time of an attempt
 * @param cost total in US dollars
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

  /** {@return the performance of an unknown agent} */
  public static Performance none() {
    return NONE;
  }
}
