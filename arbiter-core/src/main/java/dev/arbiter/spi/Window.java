/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.time.Duration;

/** How far back a question about performance looks; every window slides. */
public enum Window {
  /** The last 5 minutes. */
  REALTIME(Duration.ofMinutes(5)),
  /** The last hour. */
  SHORT(Duration.ofHours(1)),
  /** The last 24 hours. */
  MEDIUM(Duration.ofHours(24)),
  /** The last 7 days. */
  LONG(Duration.ofDays(7));

  private final Duration span;

  Window(Duration span) {
    this.span = span;
  }

  /**
   * The time it covers.
   *
   * @return the span
   */
  public Duration span() {
    return span;
  }
}
