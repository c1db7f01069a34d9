/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a task has come: replaced at each safe phase, forgotten at the end.
 *
 * @param state the state
 * @param decisions the decisions so far; the last one is that of the running attempt
 * @param specDigest the digest of the spec that was approved, empty before
 * @param report the report, until it is judged
 * @param nanos how long the agent took for it
 * @param used what the last attempt used up
 * @param waits what it waits for, in state WAITING
 * @param means what people decided, and what it has used up
 * @param round the attempts that it makes at once
 */
public record KeptProgress(
    TaskState state,
    List<RoutingDecision> decisions,
    String specDigest,
    @Nullable WorkReport report,
    long nanos,
    Usage used,
    @Nullable WaitReason waits,
    KeptMeans means,
    KeptRound round) {

  /** The progress of a task that was accepted. */
  public static KeptProgress none() {
    return new KeptProgress(
        TaskState.RECEIVED,
        List.of(),
        "",
        null,
        0,
        Usage.none(),
        null,
        KeptMeans.none(),
        KeptRound.none());
  }
}
