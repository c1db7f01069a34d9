/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.util.Optional;

/**
 * The end of one attempt of one agent, from which something may be learned.
 *
 * @param task the task
 * @param agent the agent of the attempt
 * @param attempt 1 for the first agent tried
 * @param report the report of the agent; empty if it gave none
 * @param verdict the verdict on the report; empty if it was not judged
 * @param cause why the attempt failed; empty if its work was accepted
 * @param message the failure in one sentence, empty for accepted work
 */
public record EndedAttempt(
    Task task,
    String agent,
    int attempt,
    Optional<WorkReport> report,
    Optional<Verdict> verdict,
    Optional<FailureCause> cause,
    String message) {

  /** {@return whether the work was accepted} */
  public boolean passed() {
    return cause.isEmpty();
  }

  /**
   * {@return whether the agent is the reason of the end: its work was accepted, or it failed
   * itself} Other ends, such as a cancelled task or a store that was away, teach nothing about it.
   */
  public boolean isByAgent() {
    return cause.isEmpty() || cause.get().byAgent(verdict);
  }

  /** {@return the quality of accepted work by the constitution, 0 to 1; 0 for a failure} */
  public double outcome() {
    return passed() ? verdict.map(Verdict::quality).orElse(1.0) : 0;
  }
}
