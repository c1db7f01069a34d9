/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.task.Approval;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people decided about a task, and what it has used up of its means. It goes on over waits,
 * retries and restarts.
 *
 * @param approvals the decisions, the oldest first
 * @param waited how long it has waited for something outside, the wait that lasts not counted
 * @param since when the wait that lasts began; the epoch if none lasts
 * @param resumeToken what its agent is handed when it is called again
 * @param spent what the attempts before the last one used up
 * @param carried what the calls before the last one of this attempt used up
 * @param calls the calls of agents
 * @param retries the retries of this attempt
 * @param begun whether the agent of this attempt was called, and is called again
 * @param worked how long agents have worked at it, as the engine measured it
 * @param raised the budget that a person gave instead of the task's own
 * @param denied the digests of the work that was denied, where a guard wants them
 */
public record KeptMeans(
    List<Approval> approvals,
    Duration waited,
    Instant since,
    String resumeToken,
    Usage spent,
    Usage carried,
    int calls,
    int retries,
    boolean begun,
    Duration worked,
    @Nullable TaskBudget raised,
    List<String> denied) {
  private static final KeptMeans NONE =
      new KeptMeans(
          List.of(),
          Duration.ZERO,
          Instant.EPOCH,
          "",
          Usage.none(),
          Usage.none(),
          0,
          0,
          false,
          Duration.ZERO,
          null,
          List.of());

  /** Copies. */
  public KeptMeans {
    approvals = List.copyOf(approvals);
    denied = List.copyOf(denied);
  }

  /** The means of a task that has not waited. */
  public static KeptMeans none() {
    return NONE;
  }
}
