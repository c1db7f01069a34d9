/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import java.time.Duration;

/**
 * When a constitution or a listener that fails or blocks again and again is not called for a while,
 * see {@code ArbiterBuilder.breaker}. Each has a breaker of its own.
 *
 * <p>A breaker opens when of the last {@code calls} calls the share {@code share} failed, or took
 * at least {@code slow}. While it is open, a constitution lets nothing pass (tasks are rejected, or
 * fail with cause INTERNAL; no agent is blamed), and a listener is skipped: it misses events. After
 * {@code pause} it lets {@code probes} calls through. They close it, or open it again; probes that
 * do not come back within another pause open it too. {@link Arbiter#health} shows what is open.
 *
 * @param calls how many of the last calls count, 2 to 10,000
 * @param share the share of them that opens it, above 0 and at most 1
 * @param slow how long a call takes that counts as failed, positive
 * @param pause how long it is open, positive
 * @param probes calls that are tried before it closes, 1 to 1,000
 */
public record Breaker(int calls, double share, Duration slow, Duration pause, int probes) {
  private static final Duration A_YEAR = Duration.ofDays(365);
  private static final int MOST_CALLS = 10_000;
  private static final int MOST_PROBES = 1_000;
  private static final int STANDARD_CALLS = 20;
  private static final Breaker NONE = new Breaker(2, 1, A_YEAR, A_YEAR, 1);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range, or a time longer than a year
   */
  public Breaker {
    Require.that(
        calls >= 2 && calls <= MOST_CALLS,
        "breaker.calls must be 2 to %s, got %s",
        MOST_CALLS,
        calls);
    Require.that(
        share > 0 && share <= 1, "breaker.share must be above 0 and at most 1, got %s", share);
    Require.that(
        probes >= 1 && probes <= MOST_PROBES,
        "breaker.probes must be 1 to %s, got %s",
        MOST_PROBES,
        probes);
    require("slow", slow);
    require("pause", pause);
  }

  private static void require(String name, Duration time) {
    Require.that(
        time.compareTo(Duration.ZERO) > 0 && time.compareTo(A_YEAR) <= 0,
        "breaker.%s must be above 0 and at most a year, got %s",
        name,
        time);
  }

  /** {@return half of 20 calls, 5 seconds, a pause of 30 seconds, 3 probes} */
  public static Breaker standard() {
    return new Breaker(STANDARD_CALLS, 0.5, Duration.ofSeconds(5), Duration.ofSeconds(30), 3);
  }

  /** {@return no breaker} */
  public static Breaker none() {
    return NONE;
  }

  boolean isOn() {
    return !equals(NONE);
  }
}
