/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;

/**
 * The outcome of one routing decision. Its parts are kept separate, so that a router can weigh them
 * again at any time.
 *
 * @param decision the decision
 * @param task the task of the decision
 * @param attempt 1 for the first agent tried
 * @param kind the kind of outcome
 * @param quality the quality of the work by the measure of the constitution, in [0,1]; 0 unless the
 *     kind is SUCCESS or CLAIMED
 * @param cost US dollars, at least 0
 * @param time the duration of the attempt
 */
public record Outcome(
    RoutingDecision decision,
    Task task,
    int attempt,
    Kind kind,
    double quality,
    double cost,
    Duration time) {

  /** The kind of an outcome. */
  public enum Kind {
    /** The work was checked and accepted. */
    SUCCESS,
    /** The agent claims success, and no check was made. */
    CLAIMED,
    /** The agent claimed success, and a check refuted it: its claims count less from then on. */
    REFUTED,
    /** The agent threw an exception, exceeded its time or returned null. */
    FAILURE,
    /** The constitution denied the work: a failure, independent of the output. */
    VIOLATION,
    /** The attempt ended without a fault of the agent, for example by a cancellation. */
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
   * {@return the reward for a bandit in [0,1]: the quality of a success or of a claimed success,
   * else 0}
   */
  public double reward() {
    return kind == Kind.SUCCESS || kind == Kind.CLAIMED ? quality : 0;
  }
}
