/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;

/**
 * What came of one routing decision, its parts kept apart so that a router can weigh them anew at
 * any time.
 *
 * @param decision the decision
 * @param task the task it was made for
 * @param attempt 1 for the first agent tried
 * @param kind what happened
 * @param quality how good the work is by the constitution's measure, in [0,1]; 0 unless a success
 *     or claimed as one
 * @param cost US dollars, at least 0
 * @param time how long the agent took
 */
public record Outcome(
    RoutingDecision decision,
    Task task,
    int attempt,
    Kind kind,
    double quality,
    double cost,
    Duration time) {

  /** What happened. */
  public enum Kind {
    /** The work stands, and was checked. */
    SUCCESS,
    /** The agent says that the work stands, and nobody checked. */
    CLAIMED,
    /**
     * The agent said so, and a check found that it does not: less is to be thought of its claims.
     */
    REFUTED,
    /** The agent failed: it threw, took too long or returned nothing. */
    FAILURE,
    /** The constitution denied the work: a failure, whatever the output. */
    VIOLATION,
    /** The attempt came to nothing through no doing of the agent, such as a cancellation. */
    INFRASTRUCTURE
  }

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if quality is not in [0,1] or cost not a number above or at 0
   */
  public Outcome {
    if (!(quality >= 0 && quality <= 1)) {
      throw new IllegalArgumentException("outcome.quality must be in [0,1], got " + quality);
    }
    if (!(cost >= 0 && cost < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("outcome.cost must be >= 0, got " + cost);
    }
  }

  /**
   * What a bandit learns from: success times quality, taking a claim at its word.
   *
   * @return between 0 and 1
   */
  public double reward() {
    return kind == Kind.SUCCESS || kind == Kind.CLAIMED ? quality : 0;
  }
}
