/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import java.time.Duration;

/**
 * How much history is kept; whole segments go, the oldest first, when a new one begins.
 *
 * @param age segments whose newest record happened longer ago go, positive; default 90 days
 * @param bytes more than this, compressed, is not kept, at least 1 MiB; default 100 GiB
 */
public record Retention(Duration age, long bytes) {
  private static final long LEAST_BYTES = 1L << 20;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a limit is outside its range
   */
  public Retention {
    if (age.isZero() || age.isNegative()) {
      throw new IllegalArgumentException("storage.retention must be positive, got " + age);
    }
    if (bytes < LEAST_BYTES) {
      throw new IllegalArgumentException(
          "storage.maxBytes must be at least " + LEAST_BYTES + ", got " + bytes);
    }
  }

  /**
   * The limits of the requirements.
   *
   * @return 90 days, 100 GiB
   */
  public static Retention standard() {
    return new Retention(Duration.ofDays(90), 100L << 30);
  }
}
