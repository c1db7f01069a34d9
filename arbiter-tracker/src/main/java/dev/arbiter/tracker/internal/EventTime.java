/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.time.Instant;

/** Event times as milliseconds. */
public final class EventTime {
  private static final long LATEST_SECOND = Long.MAX_VALUE / 4_000;

  private EventTime() {}

  /**
   * {@return milliseconds since 1970} An instant too far away counts as the last for which sums and
   * differences of two do not overflow.
   */
  public static long millis(Instant instant) {
    long second = Math.max(-LATEST_SECOND, Math.min(LATEST_SECOND, instant.getEpochSecond()));
    return second * 1_000 + instant.getNano() / 1_000_000;
  }
}
