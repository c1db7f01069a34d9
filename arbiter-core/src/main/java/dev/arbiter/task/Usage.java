/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.time.Duration;

/**
 * What one attempt used up.
 *
 * @param inputTokens tokens read by the model, at least 0
 * @param outputTokens tokens written by the model, at least 0
 * @param cost in US dollars, at least 0
 * @param time the agent's own working time; zero when it did not say, the engine measures its own
 */
public record Usage(long inputTokens, long outputTokens, double cost, Duration time) {
  private static final Usage NONE = new Usage(0, 0, 0, Duration.ZERO);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a figure is negative or not a number
   */
  public Usage {
    Require.that(inputTokens >= 0, "usage.inputTokens must not be negative, got %s", inputTokens);
    Require.that(outputTokens >= 0, "usage.outputTokens must not be negative: %s", outputTokens);
    Require.that(
        cost >= 0 && cost < Double.POSITIVE_INFINITY, "usage.cost must be >= 0, got %s", cost);
    Require.that(!time.isNegative(), "usage.time must not be negative, got %s", time);
  }

  /**
   * Nothing used.
   *
   * @return the one instance
   */
  public static Usage none() {
    return NONE;
  }

  /**
   * Money only.
   *
   * @param dollars US dollars, at least 0
   * @return the usage
   */
  public static Usage cost(double dollars) {
    return new Usage(0, 0, dollars, Duration.ZERO);
  }
}
