/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import java.time.Duration;

/**
 * When an agent that fails again and again is taken out of service for a while, so that tasks do
 * not go to it. What counts: its calls that failed with cause AGENT_ERROR, AGENT_TIMEOUT,
 * CONNECTIVITY, RESOURCE or AUTHORIZATION; not work that was denied, which routers learn.
 *
 * <p>An ejected agent has status EJECTED. After its pause it gets one task at a time, until one
 * succeeds; a failure ejects it again, for twice as long. The pause is {@code base * 2^(n-1)} the
 * nth time in a row, at most {@code longest}. An agent is ejected only while another one that is
 * not under suspicion has each of its capabilities: the last one is never ejected.
 *
 * @param failures failures in a row that eject an agent, at least 1
 * @param base the first pause
 * @param longest the longest pause
 */
public record Ejection(int failures, Duration base, Duration longest) {
  private static final Duration A_YEAR = Duration.ofDays(365);
  private static final Ejection NONE =
      new Ejection(Integer.MAX_VALUE, Duration.ofSeconds(1), Duration.ofSeconds(1));

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range, or a pause longer than a year
   */
  public Ejection {
    Require.that(failures >= 1, "failures must be at least 1, got %s", failures);
    Require.that(
        base.compareTo(Duration.ZERO) > 0, "the base of pauses must be positive, got %s", base);
    Require.that(
        longest.compareTo(base) >= 0,
        "the longest pause must be at least %s, got %s",
        base,
        longest);
    Require.that(
        longest.compareTo(A_YEAR) <= 0,
        "the longest pause must be at most a year, got %s",
        longest);
  }

  /** {@return five failures in a row, pauses of 30 seconds to 5 minutes} */
  public static Ejection standard() {
    return new Ejection(5, Duration.ofSeconds(30), Duration.ofMinutes(5));
  }

  /** {@return no agent is ejected} */
  public static Ejection none() {
    return NONE;
  }

  boolean isOn() {
    return failures < Integer.MAX_VALUE;
  }
}
