/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import java.util.List;

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
public record EpisodeState(
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
  public EpisodeState {
    capabilities = List.copyOf(capabilities);
    failed = List.copyOf(failed);
    candidates = List.copyOf(candidates);
  }
}
