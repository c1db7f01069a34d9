/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import java.time.Duration;

/**
 * When a second agent starts at a task because the first is slow. Only tasks that were built with
 * {@code hedged()} are hedged, once an attempt, and only by an agent with a free slot. An agent
 * that is called again for the same attempt, after a failure or with the answer to its question,
 * works alone. The work that passes first is kept; the other agent is interrupted, and what it used
 * up is counted.
 *
 * @param after how long the first agent works alone; a good choice is the time that 19 of 20 of its
 *     tasks take
 * @param extra hedges for each call of an agent in the long run, 0 to 1
 */
public record Hedging(Duration after, double extra) {
  private static final double STANDARD_EXTRA = .05;
  private static final Duration A_YEAR = Duration.ofDays(365);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public Hedging {
    Require.that(
        after.compareTo(Duration.ZERO) > 0 && after.compareTo(A_YEAR) <= 0,
        "a task can be hedged after more than nothing and at most a year, got %s",
        after);
    Require.that(
        extra >= 0 && extra <= 1, "the extra calls of hedging must be 0 to 1, got %s", extra);
  }

  /**
   * {@return hedging of at most one call in twenty}
   *
   * @param after how long the first agent works alone
   */
  public static Hedging after(Duration after) {
    return new Hedging(after, STANDARD_EXTRA);
  }

  /** {@return no hedging} */
  public static Hedging none() {
    return new Hedging(A_YEAR, 0);
  }

  boolean isOn() {
    return extra > 0;
  }
}
