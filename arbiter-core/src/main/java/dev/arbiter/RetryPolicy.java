/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import java.time.Duration;

/**
 * How often the same agent is called again after a failure that had no effect: one of cause
 * CONNECTIVITY, RATE, RESOURCE or AGENT_TIMEOUT that the agent says changed nothing, or any of
 * these of an agent that is declared idempotent. A retry is the same attempt, with the same attempt
 * key. After the last retry the router chooses another agent.
 *
 * <p>The pause before retry n is chosen evenly between zero and {@code base * 2^(n-1)}, at most
 * {@code longest}. All retries of an arbiter share a budget, so that they do not multiply the load
 * on something that is down: each first call of an attempt adds {@code ratio} to it, each retry
 * takes one, and it begins with {@code burst}.
 *
 * @param most retries of one attempt, at least 0
 * @param base the longest pause before the first retry
 * @param longest the longest pause
 * @param ratio retries for each first call in the long run, 0 to 1
 * @param burst retries above that ratio
 */
public record RetryPolicy(int most, Duration base, Duration longest, double ratio, int burst) {

  private static final Duration A_YEAR = Duration.ofDays(365);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range, or a pause longer than a year
   */
  public RetryPolicy {
    Require.that(most >= 0, "retries must be at least 0, got %s", most);
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
    Require.that(ratio >= 0 && ratio <= 1, "the ratio of retries must be 0 to 1, got %s", ratio);
    Require.that(burst >= 0, "the burst of retries must be at least 0, got %s", burst);
  }

  /** {@return two retries, the pauses at most .5 and 1 s, and one call in ten a retry} */
  public static RetryPolicy standard() {
    return new RetryPolicy(2, Duration.ofMillis(500), Duration.ofSeconds(30), 0.1, 10);
  }

  /** {@return no retry: after a failure the router chooses another agent at once} */
  public static RetryPolicy none() {
    return new RetryPolicy(0, Duration.ofMillis(1), Duration.ofMillis(1), 0, 0);
  }
}
