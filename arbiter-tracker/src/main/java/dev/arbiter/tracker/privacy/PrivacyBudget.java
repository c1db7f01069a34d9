/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.internal.Require;
import java.time.Duration;

/**
 * The privacy loss allowed to a tenant's contributors: for each period of event time, all questions
 * that touch it may cost this much together.
 *
 * <p>Costs add up (basic composition). A contributor is protected with epsilon and delta for its
 * actions within one period; over k periods, with k times as much. A question over a week with a
 * period of a day is charged on each of the seven days, so overlapping windows cannot read the same
 * day twice for free.
 *
 * @param epsilon total privacy loss a period, above 0 up to 100, kept in millionths; default 1
 * @param delta total chance that a rare partition shows, from 0 to below 0.01, kept in units of
 *     1e-15; default 1e-6
 * @param period whole seconds, at least 1 minute; default 1 day
 */
public record PrivacyBudget(double epsilon, double delta, Duration period) {
  private static final double MOST_EPSILON = 100;
  private static final double TOO_MUCH_DELTA = 0.01;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public PrivacyBudget {
    Require.that(
        epsilon > 0 && epsilon <= MOST_EPSILON && PrivacyUnits.micros(epsilon) >= 1,
        "privacy.epsilon must be 0.000001 to 100, got %s",
        epsilon);
    Require.that(
        delta >= 0 && delta < TOO_MUCH_DELTA,
        "privacy.delta must be 0 or more and below 0.01, got %s",
        delta);
    Require.that(
        period.toSeconds() >= 60 && period.equals(Duration.ofSeconds(period.toSeconds())),
        "privacy.period must be whole seconds, at least PT1M, got %s",
        period);
  }

  /** {@return the default: epsilon 1 and delta 1e-6 for each day} */
  public static PrivacyBudget daily() {
    return new PrivacyBudget(1, 1e-6, Duration.ofDays(1));
  }
}
