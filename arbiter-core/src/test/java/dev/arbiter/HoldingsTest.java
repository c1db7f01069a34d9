/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whatever a run has taken is given back, once, and whoever waits for it goes on. */
class HoldingsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final WaitingWorld world = new WaitingWorld();
  private final EngineParts parts = new EngineParts(world, world.arbiter().concurrency(1));

  HoldingsTest() {
    parts.registry.register(
        AgentProfile.builder("ada").capacity(1).build(), assignment -> WorkReport.of("ada"));
  }

  private static Task.Builder task(String id) {
    return Task.builder("fix").id(id).deadline(MINUTE).budget(TaskBudget.ofCost(9));
  }

  /* A run that this thread drives: what others tell it waits. */
  private TaskRun run(String id, TaskState state) {
    TaskRun run = parts.routed(task(id), state, "ada");
    assertThat(run.post(new News.Stop())).isTrue();
    assertThat(run.take()).isNotNull();
    assertThat(run.claim()).isTrue();
    return run;
  }

  private Attempt call(TaskRun run) {
    Attempt attempt = parts.call(run);
    run.seat(attempt.seat());
    parts.timers.set(attempt, attempt.ends());
    return attempt;
  }

  private List<Timers.Timer> due(Duration in) {
    return parts.timers.due(parts.now() + in.toNanos());
  }

  @Test
  void a_run_that_has_taken_nothing_gives_nothing_back() {
    TaskRun run = run("T-1", TaskState.ROUTED);
    parts.holdings.settle(run);
    parts.holdings.settle(run);
    assertThat(parts.line.taken()).isZero();
    assertThat(due(MINUTE)).isEmpty();
  }

  @Test
  void a_run_gives_back_all_that_it_has_taken() {
    TaskRun run = run("T-1", TaskState.EXECUTING);
    assertThat(parts.line.enter(run)).isTrue();
    parts.holdings.setDeadline(run);
    Attempt attempt = call(run);
    ApprovalRequest request =
        ApprovalRequest.of(
            Point.INPUT, run.task(), 1, "ada", Question.of("May it?"), List.of(), world.now());
    run.waitsFor(new WaitReason.Input(request, "", true));
    parts.open.add(request, run);
    parts.timers.set(run.wakeAt(parts.now() + 1), parts.now() + 1);
    News.Decided deciding =
        new News.Decided(
            new Approval(
                request.id(), request.point(), "sha256:1", Answer.approve("eve"), world.now()),
            new CompletableFuture<>());
    run.deciding(deciding);

    parts.holdings.settle(run);

    assertThat(attempt.isAbandoned()).isTrue();
    assertThat(attempt.seat().slots().active()).isZero();
    assertThat(run.seat()).isNull();
    assertThat(parts.line.taken()).isZero();
    assertThat(parts.open.open()).isEmpty();
    assertThat(deciding.kept).isCompletedExceptionally();
    assertThat(run.deciding()).isNull();
    assertThat(due(MINUTE.multipliedBy(60))).as("no timer is left").isEmpty();
  }

  @Test
  void the_place_of_a_run_goes_to_the_next() {
    TaskRun first = run("T-1", TaskState.EXECUTING);
    TaskRun next = run("T-2", TaskState.RECEIVED);
    assertThat(parts.line.enter(first)).isTrue();
    assertThat(parts.line.enter(next)).isFalse();

    parts.holdings.leaveLine(first);
    parts.holdings.leaveLine(first);

    assertThat(next.hasPlace()).isTrue();
    assertThat(Objects.requireNonNull(next.take())).isInstanceOf(News.Placed.class);
    assertThat(next.take()).as("it is told once").isNull();
    assertThat(parts.line.taken()).isEqualTo(1);
  }

  @Test
  void the_slot_of_a_run_goes_to_the_next() {
    TaskRun first = run("T-1", TaskState.ROUTED);
    first.seat(parts.seat(first, "ada"));
    TaskRun next = run("T-2", TaskState.ROUTED);
    Slots.Seat waits = parts.seat(next, "ada");
    next.seat(waits);
    assertThat(waits.state()).isEqualTo(Slots.Seat.State.WAITING);

    parts.holdings.giveBackSeat(first);
    parts.holdings.giveBackSeat(first);

    assertThat(first.seat()).isNull();
    assertThat(waits.state()).isEqualTo(Slots.Seat.State.HELD);
    News.Seated told = (News.Seated) Objects.requireNonNull(next.take());
    assertThat(told.seat).isSameAs(waits);
  }

  @Test
  void a_run_that_rests_goes_on_with_the_slot_that_it_gets() {
    for (boolean byWorker : new boolean[] {true, false}) {
      TaskRun first = run("T-1", TaskState.ROUTED);
      Slots.Seat held = parts.seat(first, "ada");
      TaskRun next = parts.routed(task("T-2"), TaskState.ROUTED, "ada");
      Slots.Seat waits = parts.seat(next, "ada");
      next.seat(waits);
      next.await(Waits.SLOT);

      parts.holdings.giveBack(held, byWorker ? first.worker() : null);
      // What a worker was given is in the queue of the crew.
      parts.crew.add(worker -> {});

      assertThat(next.waits()).as("by a worker: %s", byWorker).isNotEqualTo(Waits.SLOT);
      parts.holdings.settle(next);
    }
  }

  /* Attempts. */

  @Test
  void an_attempt_that_is_abandoned_is_paid_and_its_report_is_ignored() {
    TaskRun run = run("T-1", TaskState.EXECUTING);
    Attempt attempt = call(run);
    attempt.assignment().meter().add(Usage.cost(2));
    world.time.advance(Duration.ofSeconds(7));

    parts.holdings.abandon(run);

    assertThat(run.attempt()).isNull();
    assertThat(run.used()).isEqualTo(Usage.cost(2));
    assertThat(run.means().worked()).isEqualTo(Duration.ofSeconds(7));
    assertThat(due(MINUTE.multipliedBy(60))).as("its call had not begun").isEmpty();

    parts.holdings.abandon(run);
    assertThat(run.means().worked()).as("once").isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void an_agent_that_does_not_return_has_a_second_to_do_so() {
    TaskRun run = run("T-1", TaskState.EXECUTING);
    Attempt attempt = call(run);
    assertThat(attempt.begin(Thread.currentThread())).isTrue();

    parts.holdings.abandon(run);

    assertThat(Thread.interrupted()).as("it was interrupted").isTrue();
    assertThat(attempt.outlives()).isTrue();
    assertThat(due(Duration.ofSeconds(1).minusNanos(1))).isEmpty();
    assertThat(due(Duration.ofSeconds(1)))
        .singleElement()
        .isInstanceOfSatisfying(
            Attempt.Patience.class, timer -> assertThat(timer.attempt()).isSameAs(attempt));
  }

  @Test
  void the_slot_of_a_call_that_had_not_begun_goes_to_the_next() {
    TaskRun run = run("T-1", TaskState.EXECUTING);
    Attempt unused = call(run);
    TaskRun next = run("T-2", TaskState.ROUTED);
    next.seat(parts.seat(next, "ada"));

    parts.holdings.abandon(run);

    assertThat(next.take()).isInstanceOf(News.Seated.class);
  }

  @Test
  void a_question_ends_with_its_attempt() {
    TaskRun run = run("T-1", TaskState.EXECUTING);
    Attempt attempt = call(run);
    News.Asked asked = new News.Asked(attempt, Point.INPUT, Question.of("Which one?"));
    run.asking(asked);

    parts.holdings.over(run);

    assertThat(run.asking()).isNull();
    assertThat(asked.answer).isCompletedExceptionally();
    assertThat(run.attempt()).isNull();
    assertThat(attempt.isAbandoned()).as("it ended by itself").isFalse();
    assertThat(due(MINUTE.multipliedBy(60))).isEmpty();
  }

  /* Deadlines. */

  @Test
  void the_timer_of_a_deadline_is_set_once() {
    TaskRun run = run("T-1", TaskState.ROUTED);
    parts.holdings.setDeadline(run);
    parts.holdings.setDeadline(run);

    assertThat(due(MINUTE.minusNanos(1))).isEmpty();
    assertThat(due(MINUTE)).containsExactly(run.deadline());
    parts.holdings.setDeadline(run);
    assertThat(due(MINUTE)).as("its time has come once").isEmpty();
  }
}
