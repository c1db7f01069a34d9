/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Require;
import java.time.Duration;

/**
 * What one arbitration may use up, all calls of agents, judges and debaters together.
 *
 * @param calls most calls, at least 1
 * @param dollars most US dollars, above 0: no call begins whose price would exceed them. A call
 *     that costs more than its price may still do so
 * @param time longest time from begin to decision, positive; calls that are open then are abandoned
 */
public record Limits(int calls, double dollars, Duration time) {
  private static final Limits DEFAULT =
      new Limits(50, Double.POSITIVE_INFINITY, Duration.ofMinutes(10));

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a limit is not positive
   */
  public Limits {
    Require.that(calls >= 1, "limits.calls must be at least 1, got %s", calls);
    Require.that(dollars > 0, "limits.dollars must be positive, got %s", dollars);
    Require.that(
        time.compareTo(Duration.ZERO) > 0 && time.compareTo(Duration.ofDays(365)) <= 0,
        "limits.time must be positive and at most a year, got %s",
        time);
  }

  /** {@return 50 calls, any money, ten minutes} */
  public static Limits standard() {
    return DEFAULT;
  }

  /**
   * {@return the same limits with another number of calls}
   *
   * @param most at least 1
   */
  public Limits withCalls(int most) {
    return new Limits(most, dollars, time);
  }

  /**
   * {@return the same limits with another sum of money}
   *
   * @param most US dollars, above 0
   */
  public Limits withDollars(double most) {
    return new Limits(calls, most, time);
  }

  /**
   * {@return the same limits with another time}
   *
   * @param longest positive
   */
  public Limits withTime(Duration longest) {
    return new Limits(calls, dollars, longest);
  }
}
