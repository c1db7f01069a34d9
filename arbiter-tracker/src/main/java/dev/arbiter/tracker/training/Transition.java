/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import java.time.Instant;
import java.util.List;

/**
 * One step of an episode: a task is the episode, each attempt at it a step.
 *
 * @param tenant the tenant
 * @param task the task's id
 * @param at the time of the choice, in event time
 * @param state the state at the choice
 * @param action the chosen agent
 * @param policy the rule that chose it
 * @param propensity the probability of that choice just before it, above 0 up to 1; off-policy
 *     evaluation divides by it
 * @param reward the result of the choice
 * @param next the state at the next choice for the same task, or at its end
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
   * The result of one choice, in parts: neither weighted nor decayed, so that a training program
   * can do either, reproducibly.
   *
   * @param outcome the outcome
   * @param success whether the work was accepted
   * @param quality in [0,1], by the constitution's measure; 0 when the work was not accepted
   * @param cost US dollars, at least 0
   * @param latencyMillis the duration of the attempt
   * @param violations findings of severity ERROR in the verdict, 0 when it was not judged
   */
  public record Reward(
      Outcome outcome,
      boolean success,
      double quality,
      double cost,
      double latencyMillis,
      int violations) {

    /** The outcome of an attempt. */
    public enum Outcome {
      /** The work was accepted. */
      SUCCESS,
      /** The agent failed: it threw, took too long or returned nothing. */
      FAILURE,
      /** The work was denied. */
      VIOLATION,
      /** The attempt ended without fault of the agent, such as by a cancellation. */
      INFRASTRUCTURE
    }

    /**
     * {@return the reward that Arbiter's routers learn from: success times quality, between 0 and
     * 1}
     */
    public double scalar() {
      return success ? quality : 0;
    }
  }

  /**
   * The state of a task when an agent is chosen for it, or when it has ended.
   *
   * @param taskType the kind of work
   * @param priority 1 (last) to 10 (first)
   * @param capabilities required capabilities, in alphabetical order
   * @param attempt 1 for the first choice; at the end, of the last one
   * @param failed agents whose attempts at this task failed, oldest first
   * @param cause why the last attempt failed, by the name of its {@link
   *     dev.arbiter.task.TaskResult.FailureCause}; empty before the first
   * @param elapsedMillis since the task was received, by the nano clock
   * @param waitedMillis of these, how long it waited for something outside, such as a person
   * @param decisions how many decisions of people it has had
   * @param spent US dollars spent on it so far
   * @param candidates the possible agents, in registry order; none at the end
   * @param end empty while the task runs, then the name of its last {@link
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
      long waitedMillis,
      int decisions,
      double spent,
      List<String> candidates,
      String end) {
    /** Copies the lists. */
    public State {
      capabilities = List.copyOf(capabilities);
      failed = List.copyOf(failed);
      candidates = List.copyOf(candidates);
    }

    /**
     * The state of a task that has not waited.
     *
     * @param taskType the kind of work
     * @param priority 1 (last) to 10 (first)
     * @param capabilities required capabilities, in alphabetical order
     * @param attempt 1 for the first choice; at the end, of the last one
     * @param failed agents whose attempts at this task failed, oldest first
     * @param cause why the last attempt failed, empty before the first
     * @param elapsedMillis since the task was received, by the nano clock
     * @param spent US dollars spent on it so far
     * @param candidates the possible agents, in registry order; none at the end
     * @param end empty while the task runs, then the name of its last state
     */
    public State(
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
      this(
          taskType,
          priority,
          capabilities,
          attempt,
          failed,
          cause,
          elapsedMillis,
          0,
          0,
          spent,
          candidates,
          end);
    }
  }
}
