/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.TaskResult.Cancelled;
import dev.arbiter.task.TaskResult.Completed;
import dev.arbiter.task.TaskResult.Failed;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskResult.Rejected;
import dev.arbiter.task.WorkReport.Usage;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The four ends of a task. */
class TaskResultTest {
  private static final Task TASK = Task.builder("fix").id("T-1").build();
  private static final Finding FINDING = Finding.error("scope", "/a", "outside of the scope");
  private static final Verdict APPROVED = new Verdict.Approved(List.of(), 1, Seal.none());

  private static final TaskResult COMPLETED =
      new Completed(TASK, "ada", 2, WorkReport.of("done"), APPROVED);
  private static final TaskResult REJECTED = new Rejected(TASK, List.of(FINDING));
  private static final TaskResult FAILED =
      new Failed(TASK, FailureCause.NO_AGENT, "nobody can", 0, Optional.empty());
  private static final TaskResult CANCELLED = new Cancelled(TASK, "not needed");

  /** Causes that say something about the agent; the others are about task, host or people. */
  private static final Set<FailureCause> BY_AGENT =
      EnumSet.of(
          FailureCause.AGENT_ERROR,
          FailureCause.AGENT_TIMEOUT,
          FailureCause.DENIED,
          FailureCause.CONNECTIVITY,
          FailureCause.RESOURCE,
          FailureCause.AUTHORIZATION);

  private static String kind(TaskResult result) {
    return result.match(
        completed -> "completed",
        rejected -> "rejected",
        failed -> "failed",
        cancelled -> "cancelled");
  }

  @Test
  void each_result_has_the_state_of_its_end() {
    for (TaskResult result : List.of(COMPLETED, REJECTED, FAILED, CANCELLED)) {
      assertThat(result.state().isEnd()).isTrue();
      assertThat(result.state()).hasToString(kind(result).toUpperCase(Locale.ROOT));
      assertThat(result.task()).isEqualTo(TASK);
    }
  }

  @Test
  void a_summary_is_one_line_with_the_task_and_its_end() {
    assertThat(COMPLETED.summary()).isEqualTo("task 'T-1' completed by ada in attempt 2");
    assertThat(FAILED.summary()).isEqualTo("task 'T-1' failed (NO_AGENT): nobody can");
    assertThat(CANCELLED.summary()).isEqualTo("task 'T-1' cancelled: not needed");
  }

  @Test
  void the_summary_of_a_rejection_has_every_reason() {
    Finding other = Finding.error("budget", "", "too many files");

    assertThat(REJECTED.summary()).isEqualTo("task 'T-1' rejected: outside of the scope (scope)");
    assertThat(new Rejected(TASK, List.of(FINDING, other)).summary())
        .endsWith("rejected: outside of the scope (scope); too many files (budget)");
  }

  @Test
  void what_ended_before_an_agent_was_called_has_used_nothing() {
    assertThat(((Failed) FAILED).usage()).isEqualTo(Usage.none());
    assertThat(((Failed) FAILED).detail()).isEmpty();
    assertThat(((Cancelled) CANCELLED).usage()).isEqualTo(Usage.none());
  }

  @Test
  void a_rejection_keeps_nothing_its_maker_can_change() {
    List<Finding> findings = new ArrayList<>(List.of(FINDING));
    Rejected rejected = new Rejected(TASK, findings);

    findings.clear();

    assertThat(rejected.findings()).containsExactly(FINDING);
  }

  @ParameterizedTest
  @EnumSource(FailureCause.class)
  void a_cause_is_the_agents_unless_the_denial_is_excused(FailureCause cause) {
    boolean blamed = BY_AGENT.contains(cause);
    Verdict denied = new Verdict.Denied(List.of(FINDING), Seal.none());
    Verdict excused = new Verdict.Denied(List.of(FINDING), Seal.none(), true);

    assertThat(cause.byAgent()).isEqualTo(blamed);
    assertThat(cause.byAgent(Optional.empty())).isEqualTo(blamed);
    assertThat(cause.byAgent(Optional.of(denied))).isEqualTo(blamed);
    assertThat(cause.byAgent(Optional.of(APPROVED))).isEqualTo(blamed);
    assertThat(cause.byAgent(Optional.of(excused))).isFalse();
  }
}
