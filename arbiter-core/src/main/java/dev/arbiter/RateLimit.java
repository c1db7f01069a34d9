/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import java.time.Duration;

/**
 * How often something may happen, as a bucket of tokens: it holds {@code most} tokens, is full at
 * first, and gets {@code most} new ones, evenly, in each {@code per}. So {@code most} may happen at
 * once. Buckets are in memory: a new process begins with full ones.
 *
 * @param most tokens of the bucket, 1 to 1,000,000
 * @param per the time in which it gets as many, 1 millisecond to a day
 * @param over what happens to tasks of a tenant without a token
 */
public record RateLimit(int most, Duration per, Over over) {
  private static final int MOST = 1_000_000;
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofDays(1);

  /** What happens to tasks of a tenant without a token. */
  public enum Over {
    /** Each call of an agent takes a token; the task waits for its own, in order. */
    WAIT,
    /** Each submitted task takes a token; without one it is refused, with a time to come again. */
    REFUSE
  }

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public RateLimit {
    Require.that(most >= 1 && most <= MOST, "rate.most must be 1 to %s, got %s", MOST, most);
    Require.that(
        per.compareTo(SHORTEST) >= 0 && per.compareTo(LONGEST) <= 0,
        "rate.per must be 1 millisecond to a day, got %s",
        per);
  }

  /**
   * {@return a limit at which tasks wait}
   *
   * @param most how often
   * @param per in which time
   */
  public static RateLimit of(int most, Duration per) {
    return new RateLimit(most, per, Over.WAIT);
  }

  /** {@return the same limit, over which tasks of a tenant are refused} */
  public RateLimit refusing() {
    return new RateLimit(most, per, Over.REFUSE);
  }

  @Override
  public String toString() {
    return most + " in " + per;
  }
}
