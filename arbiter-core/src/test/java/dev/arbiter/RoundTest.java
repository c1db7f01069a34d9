/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A run looks at one of its attempts; the round has the others. */
class RoundTest {
  private final WaitingWorld world = new WaitingWorld();
  private final List<Assignment> calls = new ArrayList<>();
  private final List<CompletableFuture<WorkReport>> reports = new ArrayList<>();

  private CompletionStage<WorkReport> works(Assignment assignment) {
    calls.add(assignment);
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    reports.add(report);
    return report;
  }

  private int indexOf(int attempt) {
    return calls.get(0).attempt() == attempt ? 0 : 1;
  }

  private CompletableFuture<WorkReport> report(int attempt) {
    return reports.get(indexOf(attempt));
  }

  private static Lane lane(int number) {
    return new Lane(number);
  }

  @Test
  void another_attempt_is_found_by_its_number() {
    Round round = new Round(1);
    Lane second = lane(2);
    round.others().add(second);

    assertThat(round.first()).isEqualTo(1);
    assertThat(round.laneOf(2)).isSameAs(second);
    assertThat(round.laneOf(3)).isNull();
  }

  @Test
  void a_lane_says_what_there_is_to_do_with_it() {
    Lane lane = lane(1);
    assertThat(lane.isEmptyHanded()).isTrue();
    assertThat(lane.isToJudge()).isFalse();
    assertThat(lane.works()).isFalse();
    assertThat(lane.quality()).isEqualTo(-1);

    lane.report = WorkReport.of("done");
    assertThat(lane.isEmptyHanded()).isFalse();
    assertThat(lane.isToJudge()).isTrue();

    lane.needsPerson = true;
    assertThat(lane.isToJudge()).as("a person is asked at the end").isFalse();
  }

  @Test
  @SuppressWarnings("NullAway") // a run that nobody drives asks no pipeline
  void a_run_looks_at_one_attempt_after_the_other() {
    TaskRun run = new TaskRun(null, Task.builder("fix").id("T-1").build(), Instant.EPOCH, 0);
    assertThat(run.number()).isZero();
    assertThat(run.agent()).isEmpty();
    assertThat(run.lookAt(0)).isTrue();
    assertThat(run.lookAt(1)).isFalse();
    assertThat(run.hasOthers()).isFalse();
    assertThat(run.abandonedDecisions()).isEmpty();
  }

  /* Two agents at one task, seen from outside. */

  private ArbiterBuilder two() {
    return world
        .arbiter()
        .attemptLimit(Duration.ofMinutes(5))
        .asyncAgent(AgentProfile.of("ada"), this::works)
        .asyncAgent(AgentProfile.of("bob"), this::works);
  }

  private static Task.Builder both() {
    return Task.builder("fix").id("T-1").bestOf(2);
  }

  @Test
  void what_agents_use_is_counted_for_each_attempt() throws Exception {
    try (Arbiter arbiter = two().build()) {
      TaskHandle handle = arbiter.submit(both().build());
      assertThat(calls).extracting(Assignment::attempt).containsExactlyInAnyOrder(1, 2);

      report(2).complete(WorkReport.of("second").withUsage(Usage.cost(2)));
      report(1).complete(WorkReport.of("first").withUsage(Usage.cost(1)));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).as("equal work: the earlier one").isEqualTo(1);
      assertThat(done.report().output()).isEqualTo("first");
      assertThat(done.report().usage()).isEqualTo(Usage.cost(1));
    }
  }

  @Test
  void one_that_fails_leaves_the_result_to_the_other() throws Exception {
    try (Arbiter arbiter = two().build()) {
      TaskHandle handle = arbiter.submit(both().build());
      report(1).completeExceptionally(new IllegalStateException("down"));
      report(2).complete(WorkReport.of("second").withUsage(Usage.cost(2)));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).isEqualTo(2);
      assertThat(done.agent()).isEqualTo(calls.get(indexOf(2)).agent());
      assertThat(done.report().usage()).isEqualTo(Usage.cost(2));
      assertThat(arbiter.agents().all()).allMatch(agent -> agent.active() == 0);
    }
  }
}
