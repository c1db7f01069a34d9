/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a run knows of its task while it is in flight, and what its caller sees. */
class TaskRunTest {
  private static final long SECOND = 1_000_000_000L;

  private final EngineParts parts = EngineParts.of().agents("ada", "bob");
  private final WaitingWorld world = parts.world;

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  private ApprovalRequest request(TaskRun run) {
    return ApprovalRequest.start(run.task(), "sha256:1", Question.of("May it?"), world.now());
  }

  private TaskRun waiting(WaitReason reason) {
    TaskRun run = parts.run();
    run.state(TaskState.WAITING);
    run.waitsFor(reason);
    run.await(Waits.OUTSIDE);
    return run;
  }

  private static TaskResult failed(TaskRun run) {
    return new TaskResult.Failed(
        run.task(), FailureCause.NO_AGENT, "why", 0, Optional.empty(), Usage.none(), "");
  }

  /* Time. */

  @Test
  void the_wall_clock_is_read_again_after_a_millisecond() {
    AtomicInteger readings = new AtomicInteger();
    TaskRun run = parts.run();
    long begin = run.submitted();

    Instant first =
        run.moment(begin + 999_999, () -> Instant.ofEpochSecond(readings.incrementAndGet())).at();
    assertThat(first).isEqualTo(run.accepted());
    TaskEvent.Step second =
        run.moment(begin + 1_000_000, () -> Instant.ofEpochSecond(readings.incrementAndGet()));
    assertThat(second.at()).isEqualTo(Instant.ofEpochSecond(1));
    assertThat(second.nanoTime()).isEqualTo(begin + 1_000_000);
    TaskEvent.Step third =
        run.moment(begin + 1_999_999, () -> Instant.ofEpochSecond(readings.incrementAndGet()));
    assertThat(third.at()).isEqualTo(second.at());
    assertThat(readings).hasValue(1);
  }

  @Test
  void a_moment_names_attempt_and_agent_and_is_over_with_them() {
    TaskRun run = parts.run();
    assertThat(run.lastMoment()).isNull();
    TaskEvent.Step before = run.moment(5, () -> Instant.EPOCH);
    assertThat(before.attempt()).isZero();
    assertThat(before.agent()).isEmpty();
    assertThat(run.lastMoment()).isSameAs(before);

    run.routed(EngineParts.decision(1, "ada"));

    assertThat(run.lastMoment()).as("it was of no attempt").isNull();
    TaskEvent.Step step = run.moment(6, () -> Instant.EPOCH);
    assertThat(step.attempt()).isEqualTo(1);
    assertThat(step.agent()).isEqualTo("ada");
    run.grantAgain();
    assertThat(run.lastMoment()).isNull();
  }

  @Test
  void a_task_without_a_deadline_is_never_late() {
    TaskRun run = parts.run();

    assertThat(run.deadline()).isNull();
    assertThat(run.deadlineToSet()).isNull();
    assertThat(run.isPastDeadline(run.submitted() + Long.MAX_VALUE / 2)).isFalse();
    assertThat(run.ends()).isGreaterThan(run.submitted() + Duration.ofDays(9_999).toNanos());
  }

  @Test
  void a_task_is_late_from_its_deadline_on() {
    TaskRun run = parts.run(task().deadline(Duration.ofSeconds(5)));

    assertThat(run.ends()).isEqualTo(run.submitted() + 5 * SECOND);
    assertThat(run.isPastDeadline(run.ends() - 1)).isFalse();
    assertThat(run.isPastDeadline(run.ends())).isTrue();
  }

  @Test
  void the_timer_of_the_deadline_is_set_once_and_matters_until_the_end() {
    TaskRun run = parts.run(task().deadline(Duration.ofSeconds(5)));

    Timers.Timer timer = Objects.requireNonNull(run.deadlineToSet());
    assertThat(timer).isSameAs(run.deadline());
    assertThat(timer.ofRun()).isSameAs(run);
    assertThat(run.deadlineToSet()).isNull();
    assertThat(timer.isOver()).isFalse();
    run.close();
    assertThat(timer.isOver()).isTrue();
  }

  @Test
  void waits_count_for_the_deadline_unless_it_pauses() {
    TaskRun strict = parts.run(task().deadline(Duration.ofSeconds(5)));
    TaskRun pauses = parts.run(task().deadline(Duration.ofSeconds(5)).deadlinePauses());
    for (TaskRun run : List.of(strict, pauses)) {
      assertThat(run.paused(run.submitted())).isZero();
      run.means().waitBegins(run.accepted(), run.submitted() + SECOND);
      assertThat(run.means().waitEnds(run.submitted() + 3 * SECOND)).isEqualTo(2 * SECOND);
    }

    assertThat(strict.paused(strict.ends())).isZero();
    assertThat(strict.isPastDeadline(strict.ends())).isTrue();
    assertThat(pauses.paused(pauses.ends())).isEqualTo(2 * SECOND);
    assertThat(pauses.isPastDeadline(pauses.ends() + 2 * SECOND - 1)).isFalse();
    assertThat(pauses.isPastDeadline(pauses.ends() + 2 * SECOND)).isTrue();
  }

  /* Where it is. */

  @Test
  void a_run_is_fresh_until_an_agent_is_chosen_or_a_person_is_asked() {
    TaskRun routed = parts.run();
    TaskRun asked = parts.run();
    assertThat(routed.isFresh()).isTrue();

    routed.routed(EngineParts.decision(1, "ada"));
    assertThat(asked.means().approvals()).isEmpty();

    assertThat(routed.isFresh()).isFalse();
    assertThat(asked.isFresh()).isFalse();
  }

  @Test
  void a_place_and_a_reserve_are_what_the_line_says() {
    TaskRun run = parts.run();
    assertThat(run.hasPlace()).isFalse();
    assertThat(run.isReserved()).isFalse();

    run.place(true);
    run.reserved(true);
    run.arrival(7);

    assertThat(run.hasPlace()).isTrue();
    assertThat(run.isReserved()).isTrue();
    assertThat(run.arrival()).isEqualTo(7);
  }

  @Test
  void a_run_waits_for_the_store_until_it_goes_on() {
    TaskRun run = parts.run();
    assertThat(run.waits()).isEqualTo(Waits.STORE);
    assertThat(run.stage()).isEqualTo(Stage.ENTER);
    assertThat(run).hasToString("task 'T-1' (RECEIVED, waits for STORE)");

    run.next(Stage.ADMIT);

    assertThat(run.waits()).isNull();
    assertThat(run.stage()).isEqualTo(Stage.ADMIT);
    assertThat(run).hasToString("task 'T-1' (RECEIVED)");
  }

  @Test
  void a_run_is_tired_of_a_store_that_stays_away_so_long() {
    TaskRun run = parts.run();
    assertThat(run.isLostFor(0, 100)).as("it waits for a batch").isFalse();

    run.lost(100, "disk full");
    Timers.Timer timer = run.lostTimer();

    assertThat(run.lostBy()).isEqualTo("disk full");
    assertThat(run.isLostFor(10, 109)).isFalse();
    assertThat(run.isLostFor(10, 110)).isTrue();
    assertThat(timer.isOver()).isFalse();
    run.next(Stage.ENTER);
    assertThat(timer.isOver()).as("the store is back").isTrue();
    assertThat(run.isLostFor(10, 110)).isFalse();
  }

  @Test
  void the_end_of_a_wait_matters_as_long_as_that_wait_lasts() {
    TaskRun run = waiting(new WaitReason.NotBefore(world.now()));
    Timers.Timer first = run.wakeAt(50);
    assertThat(first.ofRun()).isSameAs(run);
    assertThat(first.isOver()).isFalse();

    Timers.Timer second = run.wakeAt(60);
    assertThat(first.isOver()).as("another time is set").isTrue();
    assertThat(second.isOver()).isFalse();
    run.state(TaskState.ROUTING);
    assertThat(second.isOver()).as("the run waits no more").isTrue();
    run.state(TaskState.WAITING);
    run.close();
    assertThat(second.isOver()).as("the run has ended").isTrue();
  }

  @Test
  void a_wait_is_over_at_its_time() {
    TaskRun run = waiting(new WaitReason.NotBefore(world.now()));
    assertThat(run.isToWake(60)).as("no time is set").isFalse();
    assertThat(run.wakesAfter(0)).isFalse();
    Timers.Timer timer = run.wakeAt(60);

    assertThat(run.isToWake(59)).isFalse();
    assertThat(run.isToWake(60)).isTrue();
    assertThat(run.wakesAfter(59)).isTrue();
    assertThat(run.wakesAfter(60)).isFalse();
    assertThat(run.takeWake()).isSameAs(timer);
    assertThat(run.takeWake()).isNull();
    assertThat(run.isToWake(60)).isFalse();
  }

  @Test
  void a_parked_run_waits_for_long_if_nothing_wakes_it_by_then() {
    TaskRun run = waiting(new WaitReason.NotBefore(world.now()));
    assertThat(run.waitsForLong(50)).as("nothing wakes it").isTrue();
    Timers.Timer unused = run.wakeAt(60);

    assertThat(run.waitsForLong(59)).isTrue();
    assertThat(run.waitsForLong(60)).isFalse();
    run.waitsFor(new WaitReason.Approval(request(run)));
    assertThat(run.waitsForLong(60)).as("a person may take her time").isTrue();
    run.await(Waits.AGENT);
    assertThat(run.waitsForLong(59)).isFalse();
  }

  /* Requests to people. */

  @Test
  void a_run_waits_for_the_decision_of_its_own_request() {
    TaskRun run = parts.run();
    ApprovalRequest request = request(run);
    run.waitsFor(new WaitReason.Approval(request));
    run.await(Waits.OUTSIDE);
    assertThat(run.request()).isEqualTo(request);
    assertThat(run.waitsForDecision(request.id())).as("it does not wait yet").isFalse();

    run.state(TaskState.WAITING);

    assertThat(run.waitsForDecision(request.id())).isTrue();
    assertThat(run.waitsForDecision("r-other")).isFalse();
    run.await(Waits.AGENT);
    assertThat(run.waitsForDecision(request.id())).as("within a call").isTrue();
    run.await(Waits.STORE);
    assertThat(run.waitsForDecision(request.id())).as("a decision is on its way").isFalse();
    run.waitsFor(null);
    assertThat(run.request()).isNull();
  }

  @Test
  void a_request_is_listed_once_and_again_when_the_store_brings_it_back() {
    TaskRun run = parts.run();
    ApprovalRequest request = request(run);
    ApprovalRequest again = request(run);
    assertThat(again).isEqualTo(request);

    assertThat(run.isToList(request)).isTrue();
    assertThat(run.isToList(request)).isFalse();
    assertThat(run.isToList(again)).isTrue();
    run.unlisted();
    assertThat(run.isToList(again)).isTrue();
  }

  @Test
  void a_caller_sees_for_what_the_task_waits() {
    TaskRun run = waiting(new WaitReason.UnknownEffect("ada", 1));
    assertThat(run.waitsFor()).contains(new WaitReason.UnknownEffect("ada", 1));

    run.state(TaskState.ROUTING);

    assertThat(run.waitsFor()).as("that wait is over").isEmpty();
    assertThat(run.reason()).isEqualTo(new WaitReason.UnknownEffect("ada", 1));
  }

  @Test
  void only_an_unknown_effect_is_run_again_and_once() {
    TaskRun run = waiting(new WaitReason.NotBefore(world.now()));
    assertThat(run.runAgain()).isFalse();
    run.waitsFor(new WaitReason.UnknownEffect("ada", 1));
    run.await(Waits.STORE);
    assertThat(run.runAgain()).as("the store has not kept the wait").isFalse();
    run.await(Waits.OUTSIDE);

    run.routed(EngineParts.decision(1, "ada"));
    assertThat(run.runAgain()).isTrue();
    assertThat(run.runAgain()).isFalse();
    assertThat(run.isComplete()).as("an agent was called again").isTrue();
  }

  @Test
  void a_budget_is_raised_above_what_is_spent() {
    TaskRun run = parts.routed(task().budget(TaskBudget.ofCost(5)), TaskState.WAITING, "ada");
    run.used(Usage.cost(5));
    ApprovalRequest request =
        ApprovalRequest.of(
            Point.BUDGET, run.task(), 1, "ada", Question.of("More?"), List.of(), world.now());

    run.requireAboveSpent(request, Answer.deny("eve", "no"));
    run.requireAboveSpent(request, Answer.raise("eve", TaskBudget.ofCost(5.5)));
    assertThatThrownBy(
            () -> run.requireAboveSpent(request, Answer.raise("eve", TaskBudget.ofCost(5))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "request '%s' cannot be raised so: task 'T-1' has a cost of 5.0 of 5.0 US dollars"
                + " already; give it more",
            request.id());
  }

  /** The limits of calls and attempts end the next call, not the one that runs and asks. */
  @Test
  void the_call_that_runs_does_not_count_when_a_budget_is_raised() {
    TaskRun run =
        parts.routed(task().budget(TaskBudget.none().withAttempts(9)), TaskState.EXECUTING, "ada");
    run.countCall();
    ApprovalRequest request =
        ApprovalRequest.of(
            Point.BUDGET, run.task(), 1, "ada", Question.of("More?"), List.of(), world.now());
    Answer once = Answer.raise("eve", TaskBudget.none().withAttempts(1).withCalls(1));
    assertThatThrownBy(() -> run.requireAboveSpent(request, once)).hasMessageContaining("attempts");

    Attempt running = parts.call(run);

    run.requireAboveSpent(request, once);
    running.assignment().meter().add(Usage.cost(3));
    assertThatThrownBy(
            () -> run.requireAboveSpent(request, Answer.raise("eve", TaskBudget.ofCost(3))))
        .hasMessageContaining("cost of 3.0 of 3.0");
    run.routed(EngineParts.decision(2, "bob"));
    run.countCall();
    assertThatThrownBy(() -> run.requireAboveSpent(request, once)).hasMessageContaining("1 of 1");
  }

  /* The fate of a run. */

  @Test
  void the_first_reason_of_a_cancellation_stays() {
    TaskRun run = parts.run();
    assertThat(run.cancelReason()).isNull();

    assertThat(run.cancel("enough")).isTrue();
    assertThat(run.cancel("more than enough")).isTrue();

    assertThat(run.cancelReason()).isEqualTo("enough");
    assertThat(run.decide()).as("it was cancelled first").isFalse();
  }

  @Test
  void a_run_that_waits_for_a_person_ends_when_it_is_cancelled() {
    TaskRun run = waiting(new WaitReason.UnknownEffect("ada", 1));

    assertThat(run.cancel("enough")).isTrue();

    assertThat(run.isComplete()).isTrue();
    assertThat(run.state()).isEqualTo(TaskState.CANCELLED);
    assertThat(parts.ended).containsExactly(run);
  }

  @Test
  void a_run_whose_end_is_decided_is_not_cancelled() {
    TaskRun run = parts.run();

    assertThat(run.decide()).isTrue();
    assertThat(run.decide()).isTrue();

    assertThat(run.cancel("too late")).isFalse();
    assertThat(run.cancelReason()).isNull();
  }

  @Test
  @SuppressWarnings("NullAway") // a caller may pass null
  void a_reason_that_no_store_keeps_is_cut() {
    TaskRun longest = parts.run();
    TaskRun longer = parts.run();

    assertThat(longest.cancel("x".repeat(65_536))).isTrue();
    assertThat(longer.cancel("x".repeat(65_537))).isTrue();

    assertThat(longest.cancelReason()).hasSize(65_536);
    assertThat(longer.cancelReason()).hasSize(65_536);
    assertThatThrownBy(() -> parts.run().cancel(null)).hasMessageContaining("give a reason");
  }

  @Test
  void a_run_that_was_stopped_ends_with_its_next_step() {
    TaskRun run = parts.run();
    Ended end = new Ended(failed(run), null);

    run.stop(end);

    assertThat(run.waits()).isNull();
    assertThat(run.takeStop()).isSameAs(end);
    assertThat(run.takeStop()).isNull();
  }

  @Test
  void a_caller_gets_the_end_that_came_within_its_time() throws Exception {
    TaskRun run = parts.run();
    assertThat(run.isComplete()).isFalse();
    assertThat(run.awaitEnd(1)).isFalse();
    assertThatThrownBy(() -> run.await(Duration.ofNanos(1)))
        .isInstanceOf(ArbiterException.class)
        .hasMessage(
            "task 'T-1' is still RECEIVED after PT0.000000001S; await it again or cancel it");

    run.complete(failed(run));

    assertThat(run.isComplete()).isTrue();
    assertThat(run.isLeftToStore()).isFalse();
    assertThat(run.awaitEnd(1)).isTrue();
    assertThat(run.await(Duration.ofNanos(1))).isEqualTo(failed(run));
    assertThat(run.result().toCompletableFuture()).isCompletedWithValue(failed(run));
  }

  @Test
  void a_caller_that_waits_in_vain_hears_what_ends_the_wait() {
    TaskRun run = waiting(new WaitReason.NotBefore(Instant.parse("2046-06-01T12:00:00Z")));

    assertThatThrownBy(() -> run.await(Duration.ZERO))
        .hasMessageContaining("still WAITING after PT0S: it goes on by itself at 2046-06-01T12:00");
  }

  @Test
  void the_caller_of_a_task_that_is_left_hears_where_it_is() throws Exception {
    TaskRun run = parts.run();

    run.leftToStore();

    assertThat(run.isComplete()).isTrue();
    assertThat(run.isLeftToStore()).isTrue();
    assertThat(run.awaitEnd(1)).isTrue();
    assertThatThrownBy(() -> run.await(Duration.ofSeconds(1)))
        .isInstanceOf(ArbiterException.class)
        .hasMessageContaining("the store keeps it, and the next arbiter over that store runs it");
    assertThatThrownBy(() -> run.result().toCompletableFuture().join())
        .isInstanceOf(CompletionException.class);
  }

  @Test
  void a_task_is_accepted_when_the_store_has_kept_it() {
    TaskRun run = parts.run();
    TaskRun refused = parts.run();
    assertThat(run.isAccepted()).isFalse();

    run.acceptance().complete(run);
    refused.acceptance().completeExceptionally(new ArbiterException("disk full"));

    assertThat(run.isAccepted()).isTrue();
    assertThat(refused.isAccepted()).isFalse();
  }

  @Test
  @SuppressWarnings("NullAway") // a caller may pass null
  void several_listeners_may_subscribe() {
    TaskRun run = parts.run();
    assertThat(run.subscribers()).isNull();
    assertThatThrownBy(() -> run.subscribe(null)).hasMessageContaining("listener");
    Recorder first = new Recorder();
    Recorder second = new Recorder();

    run.subscribe(first);
    run.subscribe(second);

    assertThat(run.subscribers()).containsExactly(first, second);
  }
}
