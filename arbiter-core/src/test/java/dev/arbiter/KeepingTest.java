/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A run goes on when the store has its steps, and waits as long as it has not. */
class KeepingTest {
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final WaitingWorld world = new WaitingWorld();
  private final EngineParts parts =
      new EngineParts(world, world.arbiter().storeLimit(LIMIT)).agents("ada");

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  /* A run whose agent is about to be called. */
  private TaskRun executing(Task.Builder task) {
    TaskRun run = parts.routed(task, TaskState.ROUTED, "ada");
    parts.publisher.stepToKeep(run, new TaskEvent.Executing(parts.clock.of(run)));
    return run;
  }

  private News.Decided decision(TaskRun run) {
    ApprovalRequest request =
        ApprovalRequest.start(run.task(), "sha256:1", Question.of("May it?"), world.now());
    return new News.Decided(
        new Approval(
            request.id(), request.point(), request.digest(), Answer.approve("eve"), world.now()),
        new CompletableFuture<>());
  }

  @Test
  void a_run_goes_on_at_once_when_its_steps_are_kept() {
    TaskRun run = executing(task());

    assertThat(parts.keeping.keep(run, Stage.CALL)).isEqualTo(Stage.CALL);

    assertThat(parts.batches).hasSize(1);
    assertThat(run.waits()).isNull();
    assertThat(run.stage()).isEqualTo(Stage.CALL);
    assertThat(parts.last()).isInstanceOf(TaskEvent.Executing.class);
    assertThat(run.untold()).isNull();
  }

  @Test
  void a_run_waits_until_the_store_has_kept_its_steps() {
    TaskRun run = executing(task());
    CompletableFuture<Void> kept = new CompletableFuture<>();
    parts.answer = kept;

    run.await(as(parts.keeping.keep(run, Stage.TELL)));
    assertThat(run.waits()).isEqualTo(Waits.STORE);
    assertThat(parts.heard.events).noneMatch(TaskEvent.class::isInstance);

    kept.complete(null);

    assertThat(parts.last()).isInstanceOf(TaskEvent.Executing.class);
    assertThat(run.isClosed()).as("it went on with the stage after the step").isTrue();
  }

  private static Waits as(Move move) {
    return (Waits) move;
  }

  @Test
  void a_run_of_which_the_store_lost_a_step_waits_for_the_store() {
    parts.tenure.ready();
    TaskRun run = executing(task());
    CompletableFuture<Void> kept = new CompletableFuture<>();
    parts.answer = kept;
    run.await(as(parts.keeping.keep(run, Stage.CALL)));
    long before = parts.tenure.failures();

    kept.completeExceptionally(new IllegalStateException("disk full"));

    assertThat(run.waits()).isEqualTo(Waits.RECOVERY);
    assertThat(run.lostBy())
        .isEqualTo("the store failed: java.lang.IllegalStateException: disk full");
    assertThat(parts.tenure.why()).isEqualTo(run.lostBy());
    assertThat(parts.tenure.failures()).isEqualTo(before + 1);
    assertThat(parts.heard.events)
        .as("nobody hears of the step")
        .noneMatch(TaskEvent.class::isInstance);
  }

  @Test
  void a_run_that_lost_a_step_looks_again_at_the_limit_of_the_store() {
    TaskRun run = executing(task());
    parts.keeping.lost(run, new IllegalStateException("disk full"));
    assertThat(parts.timers.due(parts.now() + LIMIT.toNanos() - 1)).isEmpty();

    assertThat(parts.timers.due(parts.now() + LIMIT.toNanos()))
        .singleElement()
        .matches(timer -> timer.ofRun() == run && !timer.isOver());
  }

  @Test
  void a_run_is_tired_of_waiting_at_the_limit_at_its_deadline_or_when_it_is_cancelled() {
    TaskRun patient = executing(task());
    TaskRun late = executing(task().deadline(Duration.ofSeconds(20)));
    TaskRun cancelled = executing(task());
    for (TaskRun run : List.of(patient, late, cancelled)) {
      parts.keeping.lost(run, new IllegalStateException("disk full"));
      assertThat(parts.keeping.isTired(run)).isFalse();
    }

    assertThat(cancelled.cancel("enough")).isTrue();
    assertThat(parts.keeping.isTired(cancelled)).isTrue();
    assertThat(parts.keeping.isTired(late)).isFalse();
    world.time.advance(Duration.ofSeconds(20));
    assertThat(parts.keeping.isTired(late)).isTrue();
    assertThat(parts.keeping.isTired(patient)).isFalse();
    world.time.advance(LIMIT.minusSeconds(20));
    assertThat(parts.keeping.isTired(patient)).isTrue();
  }

  @Test
  void who_decided_hears_when_the_store_has_it_or_has_lost_it() {
    TaskRun kept = executing(task());
    News.Decided first = decision(kept);
    kept.deciding(first);
    parts.keeping.kept(kept);
    TaskRun lost = executing(task());
    News.Decided second = decision(lost);
    lost.deciding(second);
    parts.keeping.lost(lost, new IllegalStateException("disk full"));

    assertThat(first.kept).isCompletedWithValue(first.approval);
    assertThat(kept.deciding()).isNull();
    assertThat(second.kept).isCompletedExceptionally();
    assertThat(lost.deciding()).isNull();
  }

  /** A listener that hears of a request may decide it at once. */
  @Test
  void a_request_is_listed_before_anyone_hears_of_it() {
    List<Integer> listed = new ArrayList<>();
    TaskRun run = parts.run(task());
    run.state(TaskState.VALIDATING_SPEC);
    ApprovalRequest request =
        ApprovalRequest.start(run.task(), "sha256:1", Question.of("May it?"), world.now());
    parts.waiting.begin(run, new WaitReason.Approval(request));
    run.subscribe(event -> listed.add(parts.open.open().size()));

    assertThat(parts.keeping.keep(run, Stage.PARK)).isEqualTo(Stage.PARK);

    assertThat(listed).containsExactly(1);
  }

  @Test
  void a_store_that_keeps_again_is_back() {
    parts.tenure.failed(new IllegalStateException("disk full"));
    assertThat(parts.tenure.why()).isNotEmpty();
    parts.tenure.begin(parts.shard);

    parts.keeping.kept(executing(task()));

    assertThat(parts.tenure.why()).isEmpty();
  }

  @Test
  void the_store_brings_back_no_decision_of_before_a_step_that_it_has_kept() {
    TaskRun run = executing(task());
    List<RoutingDecision> before = run.decisions().all();
    run.dropDecision();
    assertThat(run.decisions().wereTakenBack(before)).isTrue();

    parts.keeping.kept(run);

    assertThat(run.decisions().wereTakenBack(before)).isFalse();
  }

  @Test
  void the_verdict_of_a_task_that_was_left_behind_is_taken_back() {
    TaskRun run = executing(task());
    run.passed(
        new TaskRun.Passed(
            Pipeline.assignment(run, LIMIT, AgentLink.none()),
            new Verdict.Approved(List.of(), 1, Seal.none())));
    run.complete(new TaskResult.Cancelled(run.task(), "left", run.used()));

    parts.keeping.lost(run, new IllegalStateException("disk full"));

    assertThat(run.waits()).isEqualTo(Waits.NOTHING);
    assertThat(run.passed()).isNull();
    assertThat(parts.timers.due(parts.now() + LIMIT.toNanos())).isEmpty();
  }
}
