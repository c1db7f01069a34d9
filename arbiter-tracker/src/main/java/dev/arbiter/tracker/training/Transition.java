/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import java.time.Instant;
import java.util.List;

/**
 * One step of an episode: a task is the episode, each attempt at it a step.
 *
 * @param tenant whose task
 * @param task which
 * @param at when the choice was made, in event time
 * @param state what was known
 * @param action the agent that was chosen
 * @param policy the rule that chose it
 * @param propensity how likely that choice was just before it, above 0 up to 1; what off-policy
 *     evaluation divides by
 * @param reward what came of it
 * @param next what was known at the next choice for the same task, or at its end
 * @param done whether the task ended with this step
 */
public record Transition(
    String tenant,
    String task,
    Instant at,
    State state,
    String action,
    String policy,
    double propensity,
    Reward reward,
    State next,
    boolean done) {

  /**
   * What came of one choice, in parts and as it was: neither weighed nor decayed, so that whoever
   * trains can do either, and gets the same again tomorrow.
   *
   * @param outcome what happened
   * @param success whether the work stands
   * @param quality how good it is by the constitution's measure, in [0,1]; 0 when it does not stand
   * @param cost US dollars, at least 0
   * @param latencyMillis how long the agent took
   * @param violations findings of severity ERROR in the verdict, 0 when it was not judged
   */
  public record Reward(
      Outcome outcome,
      boolean success,
      double quality,
      double cost,
      double latencyMillis,
      int violations) {

    /** What happened to an attempt. */
    public enum Outcome {
      /** The work stands. */
      SUCCESS,
      /** The agent failed: it threw, took too long or returned nothing. */
      FAILURE,
      /** The work was denied. */
      VIOLATION,
      /** It came to nothing through no doing of the agent, such as a cancellation. */
      INFRASTRUCTURE
    }

    /**
     * What Arbiter's own routers learn from: success times quality.
     *
     * @return between 0 and 1
     */
    public double scalar() {
      return success ? quality : 0;
    }
  }

  /**
   * What is known of a task when an agent is to be chosen for it, or when it has ended.
   *
   * @param taskType the kind of work
   * @param priority 1 (last) to 10 (first)
   * @param capabilities what an agent must have, in alphabetical order
   * @param attempt 1 for the first choice; at the end, of the last one
   * @param failed agents whose attempts at this task failed, oldest first
   * @param cause why the last attempt failed, by the name of its {@link
   *     dev.arbiter.task.TaskResult.FailureCause}; empty before the first
   * @param elapsedMillis since the task was received, by the nano clock
   * @param spent US dollars spent on it so far
   * @param candidates who can be chosen, in registry order; none at the end
   * @param end empty while the task goes on, then the name of its last {@link
   *     dev.arbiter.task.TaskState}
   */
  public record State(
      String taskType,
      int priority,
      List<String> capabilities,
      int attempt,
      List<String> failed,
      String cause,
      long elapsedMillis,
      double spent,
      List<String> candidates,
      String end) {
    /** Copies. */
    public State {
      capabilities = List.copyOf(capabilities);
      failed = List.copyOf(failed);
      candidates = List.copyOf(candidates);
    }
  }
}
