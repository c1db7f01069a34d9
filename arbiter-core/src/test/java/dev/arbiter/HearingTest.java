/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a parked run hears: news that fits its wait goes on with it, any other does nothing. */
class HearingTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final WaitingWorld world = new WaitingWorld();
  private final EngineParts parts =
      new EngineParts(world, world.arbiter().attemptLimit(MINUTE)).agents("ada", "bob");
  private final Hearing hearing =
      new Hearing(
          parts.rewinding,
          parts.endings,
          parts.rounds,
          parts.waiting,
          parts.keeping,
          new Leaving(parts.lessons, parts.holdings, parts.ended::add, true),
          parts.clock);

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  /* A run whose agent works, which waits for this. */
  private TaskRun at(Waits waits, Task.Builder task) {
    TaskRun run = parts.routed(task, TaskState.EXECUTING, "ada");
    Attempt unused = parts.call(run);
    // This thread drives it: what others tell it waits.
    assertThat(run.post(new News.Stop())).isTrue();
    assertThat(run.claim()).isTrue();
    run.await(waits);
    return run;
  }

  private TaskRun at(Waits waits) {
    return at(waits, task());
  }

  private TaskRun working() {
    return at(Waits.AGENT);
  }

  /* A run that waits for something outside. */
  private TaskRun waiting(WaitReason reason) {
    TaskRun run = at(Waits.OUTSIDE);
    run.waitsFor(reason);
    run.state(TaskState.WAITING);
    return run;
  }

  private static Attempt attempt(TaskRun run) {
    return Objects.requireNonNull(run.attempt());
  }

  private void goesOn(TaskRun run, Mailbox.News news, Stage stage) {
    hearing.hear(run, news);
    assertThat(run.waits()).isNull();
    assertThat(run.stage()).isEqualTo(stage);
  }

  private void isStale(TaskRun run, Mailbox.News news) {
    Waits before = run.waits();
    Stage stage = run.stage();
    hearing.hear(run, news);
    assertThat(run.waits()).as("%s while it waits for %s", news, before).isEqualTo(before);
    assertThat(run.stage()).isEqualTo(stage);
    assertThat(run.takeStop()).isNull();
  }

  /* Places, seats, reports. */

  private void fitsOnly(Waits fitting, Function<TaskRun, Mailbox.News> news, Stage then) {
    for (Waits waits : Waits.values()) {
      TaskRun run = at(waits);
      if (waits == fitting) {
        goesOn(run, news.apply(run), then);
      } else {
        isStale(run, news.apply(run));
      }
    }
  }

  @Test
  void a_place_is_for_a_run_that_waits_for_one() {
    fitsOnly(Waits.PLACE, run -> new News.Placed(), Stage.ADMIT);
  }

  @Test
  void a_seat_is_for_a_run_that_waits_for_this_one() {
    Function<TaskRun, Mailbox.News> own =
        run -> {
          Slots.Seat seat = parts.seat(run, "ada");
          run.seat(seat);
          return new News.Seated(seat);
        };
    fitsOnly(Waits.SLOT, own, Stage.SEAT);
    isStale(at(Waits.SLOT), new News.Seated(parts.seat(parts.run(), "ada")));
  }

  @Test
  void a_report_is_for_a_run_that_waits_for_its_agent() {
    fitsOnly(Waits.AGENT, run -> new News.Reported(attempt(run)), Stage.REPORT);
    isStale(working(), new News.Reported(attempt(working())));
  }

  @Test
  void an_attempt_over_its_budget_is_looked_at() {
    fitsOnly(Waits.AGENT, run -> new News.Overspent(attempt(run)), Stage.REPORT);
    isStale(working(), new News.Overspent(attempt(working())));
  }

  @Test
  void an_attempt_that_a_guard_ends_is_looked_at() {
    fitsOnly(Waits.AGENT, run -> new News.Tripped(attempt(run)), Stage.REPORT);
    isStale(working(), new News.Tripped(attempt(working())));
  }

  /* Ada and bob work, and the run looks at bob's attempt. */
  private TaskRun two() {
    TaskRun run = at(Waits.AGENT, task().bestOf(2));
    Attempt unused = parts.join(run, "bob");
    run.await(Waits.AGENT);
    return run;
  }

  @Test
  void the_run_looks_at_the_attempt_that_reports() {
    TaskRun run = two();
    assertThat(run.lookAt(1)).isTrue();
    Attempt first = attempt(run);
    assertThat(run.lookAt(2)).isTrue();

    goesOn(run, new News.Reported(first), Stage.REPORT);

    assertThat(run.number()).isEqualTo(1);
  }

  @Test
  void only_a_run_in_the_line_is_shed() {
    for (Waits waits : Waits.values()) {
      TaskRun run = at(waits);
      if (waits != Waits.PLACE) {
        isStale(run, new News.Shed("full"));
        continue;
      }
      hearing.hear(run, new News.Shed("full"));
      TaskResult.Failed failed =
          (TaskResult.Failed) Objects.requireNonNull(run.takeStop()).result();
      assertThat(failed.cause()).isEqualTo(FailureCause.OVERLOAD);
      assertThat(failed.message()).isEqualTo("full");
    }
  }

  /* The store. */

  private TaskRun keeps() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    parts.publisher.stepToKeep(run, new TaskEvent.Executing(parts.clock.of(run)));
    parts.answer = new CompletableFuture<>();
    run.await((Waits) parts.keeping.keep(run, Stage.CALL));
    return run;
  }

  @Test
  void a_batch_that_is_kept_lets_the_run_go_on() {
    TaskRun run = keeps();
    isStale(run, new News.Kept(run.batch() - 1, null));
    goesOn(run, new News.Kept(run.batch(), null), Stage.CALL);

    TaskRun elsewhere = working();
    isStale(elsewhere, new News.Kept(elsewhere.batch(), null));
  }

  @Test
  void a_batch_that_is_lost_makes_the_run_wait_for_the_store() {
    TaskRun run = keeps();
    hearing.hear(run, new News.Kept(run.batch(), new IllegalStateException("disk full")));
    assertThat(run.waits()).isEqualTo(Waits.RECOVERY);
  }

  private TaskRun.Kept kept(TaskRun run) {
    return new TaskRun.Kept(new KeptTask(run.task(), run.accepted()), run.progress());
  }

  @Test
  void a_store_that_comes_back_gives_the_run_its_new_shard() {
    TaskRun run = working();
    run.shard(null);

    hearing.hear(
        run,
        new News.Recovered(
            kept(run),
            parts.shard,
            () -> {
              throw new AssertionError("it was read");
            }));

    assertThat(run.shard()).isSameAs(parts.shard);
    assertThat(run.waits()).as("its agent works on").isEqualTo(Waits.AGENT);
  }

  @Test
  void a_store_that_comes_back_after_an_end_without_a_record_is_told_of_it() {
    TaskRun run = working();
    run.unrecorded();
    CompletableFuture<String> told = new CompletableFuture<>();

    isStale(run, new News.Recovered(kept(run), parts.shard, () -> told.complete("overtaken")));
    assertThat(told).isCompletedWithValue("overtaken");

    new News.Recovered(
            null,
            parts.shard,
            () -> {
              throw new AssertionError("the store has nothing of it");
            })
        .unread();
  }

  @ParameterizedTest
  @EnumSource(Waits.class)
  void a_run_is_given_up_unless_it_has_ended(Waits waits) {
    TaskRun run = at(waits);
    if (waits == Waits.NOTHING) {
      isStale(run, new News.GivenUp("closed"));
    } else {
      goesOn(run, new News.GivenUp("closed"), Stage.TELL);
      assertThat(run.isUnrecorded()).isTrue();
    }
  }

  @Test
  void a_run_that_is_tired_of_the_store_is_given_up() {
    TaskRun run = at(Waits.RECOVERY);
    run.lost(parts.now(), "disk full");
    isStale(run, new News.Stop());
    assertThat(run.cancel("enough")).isTrue();

    goesOn(run, new News.Stop(), Stage.TELL);

    TaskResult.Cancelled end = (TaskResult.Cancelled) Objects.requireNonNull(run.ending()).result();
    assertThat(end.reason()).startsWith("enough; ").endsWith("disk full");
  }

  /* People. */

  private ApprovalRequest request(TaskRun run, Point point) {
    return ApprovalRequest.of(
        point, run.task(), 1, "ada", Question.of("May it?"), List.of(), world.now());
  }

  private News.Decided decided(ApprovalRequest request) {
    return new News.Decided(
        new Approval(
            request.id(), request.point(), request.digest(), Answer.approve("eve"), world.now()),
        new CompletableFuture<>());
  }

  private static void failsWith(CompletionStage<?> stage, String message) {
    assertThatThrownBy(() -> stage.toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(ArbiterException.class)
        .hasMessage(message);
  }

  @Test
  void a_decision_is_for_a_run_that_waits_for_it() {
    TaskRun run = at(Waits.OUTSIDE);
    ApprovalRequest request = request(run, Point.INPUT);
    run.waitsFor(new WaitReason.Input(request, "", false));
    run.state(TaskState.WAITING);
    News.Decided news = decided(request);

    goesOn(run, news, Stage.DECIDE);

    assertThat(run.deciding()).isSameAs(news);
    assertThat(news.kept).isNotDone();
  }

  @Test
  void a_decision_that_nobody_waits_for_fails() {
    TaskRun run = working();
    ApprovalRequest request = request(run, Point.INPUT);
    News.Decided news = decided(request);

    isStale(run, news);

    assertThat(run.deciding()).isNull();
    failsWith(
        news.kept,
        "request '"
            + request.id()
            + "' was not decided: it has expired or its task has ended meanwhile; look again");
  }

  @Test
  void a_decision_that_is_not_read_fails() {
    News.Decided news = decided(request(working(), Point.INPUT));
    news.unread();
    failsWith(
        news.kept,
        "request '"
            + news.approval.request()
            + "' was not decided: its task has ended meanwhile, or the arbiter was closed; look"
            + " again");
  }

  private News.Asked asked(TaskRun run, Point point) {
    return new News.Asked(attempt(run), point, Question.of("Which one?"));
  }

  @Test
  void a_question_of_an_agent_that_works_is_asked() {
    TaskRun run = working();
    News.Asked news = asked(run, Point.INPUT);

    goesOn(run, news, Stage.ASK);

    assertThat(run.asking()).isSameAs(news);
    assertThat(news.answer).isNotDone();
  }

  @Test
  void a_question_of_an_attempt_that_is_over_fails() {
    TaskRun run = working();
    for (News.Asked news : List.of(asked(working(), Point.INPUT), asked(run, Point.INPUT))) {
      isStale(run, news);
      failsWith(news.answer, "no answer: the attempt is over, or the store is away; ask again");
      run.await(Waits.RECOVERY);
    }
    News.Asked unread = asked(run, Point.INPUT);
    unread.unread();
    failsWith(unread.answer, "no answer: the attempt is over");
  }

  @Test
  void agents_that_work_at_once_cannot_ask() {
    TaskRun run = two();
    News.Asked news = asked(run, Point.INPUT);

    isStale(run, news);

    failsWith(
        news.answer,
        "no answer: several agents work at the task, so none of them can ask; give it to one");
  }

  @Test
  void agents_that_work_at_once_and_need_more_are_looked_at() {
    TaskRun run = two();
    News.Asked news = asked(run, Point.BUDGET);

    goesOn(run, news, Stage.ASK_FOR_MORE);

    assertThat(news.answer).isCompletedExceptionally();
  }

  @Test
  void a_person_lets_only_a_run_that_waits_outside_go_on() {
    for (Waits waits : Waits.values()) {
      if (waits != Waits.OUTSIDE) {
        isStale(at(waits), new News.RunAgain());
      }
    }
    TaskRun run = waiting(new WaitReason.UnknownEffect("ada", 1));
    hearing.hear(run, new News.RunAgain());
    assertThat(run.waits()).isNull();
  }

  /* Means and clocks. */

  @Test
  void means_wake_a_run_that_has_none() {
    goesOn(
        waiting(new WaitReason.Quota("", world.now(), "rate")),
        new News.MeansChanged(),
        Stage.WAKE);
    isStale(waiting(new WaitReason.NotBefore(world.now())), new News.MeansChanged());
    TaskRun own = at(Waits.OUTSIDE);
    own.waitsFor(new WaitReason.Budget(request(own, Point.BUDGET), false));
    isStale(own, new News.MeansChanged());
    TaskRun ofTenant = at(Waits.OUTSIDE);
    ofTenant.waitsFor(new WaitReason.Budget(request(ofTenant, Point.TENANT_BUDGET), false));
    goesOn(ofTenant, new News.MeansChanged(), Stage.WAKE);
  }

  @Test
  void means_end_the_question_of_an_agent_that_works() {
    TaskRun run = working();
    run.waitsFor(new WaitReason.Budget(request(run, Point.TENANT_BUDGET), true));
    isStale(run, new News.MeansChanged());
    run.state(TaskState.WAITING);
    goesOn(run, new News.MeansChanged(), Stage.ASK_NEXT);
  }

  /* Times and cancellations. */

  @ParameterizedTest
  @EnumSource(Waits.class)
  void a_cancellation_ends_a_run_that_is_idle(Waits waits) {
    TaskRun run = at(waits);
    assertThat(run.cancel("enough")).isTrue();
    boolean isIdle =
        waits == Waits.PLACE
            || waits == Waits.SLOT
            || waits == Waits.AGENT
            || waits == Waits.OUTSIDE;
    if (isIdle) {
      hearing.hear(run, new News.Stop());
      assertThat(Objects.requireNonNull(run.takeStop()).result())
          .isInstanceOf(TaskResult.Cancelled.class);
    } else if (waits != Waits.RECOVERY) {
      isStale(run, new News.Stop());
    }
  }

  @Test
  void an_attempt_that_has_had_its_time_is_looked_at() {
    TaskRun run = working();
    world.time.advance(MINUTE.minusNanos(1));
    isStale(run, new News.Stop());
    world.time.advance(Duration.ofNanos(1));
    goesOn(run, new News.Stop(), Stage.REPORT);
  }

  @Test
  void another_attempt_that_has_had_its_time_is_looked_at() {
    TaskRun run = at(Waits.AGENT, task().bestOf(2));
    world.time.advance(Duration.ofSeconds(30));
    Attempt unused = parts.join(run, "bob");
    run.await(Waits.AGENT);
    world.time.advance(Duration.ofSeconds(30).minusNanos(1));
    isStale(run, new News.Stop());
    assertThat(run.number()).isEqualTo(2);

    world.time.advance(Duration.ofNanos(1));

    goesOn(run, new News.Stop(), Stage.REPORT);
    assertThat(run.number()).isEqualTo(1);
  }

  @Test
  void a_wait_that_is_over_wakes_the_run() {
    for (Waits waits : List.of(Waits.OUTSIDE, Waits.AGENT)) {
      TaskRun run = at(waits);
      run.state(TaskState.WAITING);
      Timers.Timer unused = run.wakeAt(parts.now() + MINUTE.toNanos());
      world.time.advance(MINUTE.minusNanos(1));
      isStale(run, new News.Stop());
      world.time.advance(Duration.ofNanos(1));
      goesOn(run, new News.Stop(), waits == Waits.AGENT ? Stage.ASK_NEXT : Stage.WAKE);
    }
  }

  @Test
  void an_attempt_whose_agent_waits_for_an_answer_has_time() {
    TaskRun run = working();
    run.state(TaskState.WAITING);
    world.time.advance(MINUTE.multipliedBy(2));
    isStale(run, new News.Stop());
  }

  /* The end of the arbiter. */

  @Test
  void a_run_that_has_not_begun_is_left_to_the_store() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    run.await(Waits.PLACE);

    hearing.hear(run, new News.Leave());

    assertThat(run.waits()).isEqualTo(Waits.NOTHING);
    assertThat(run.isLeftToStore()).isTrue();
    assertThat(parts.ended).containsExactly(run);
  }

  @Test
  void a_run_that_is_not_idle_is_not_left() {
    for (Waits waits : List.of(Waits.STORE, Waits.RECOVERY)) {
      TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
      run.await(waits);
      isStale(run, new News.Leave());
    }
    TaskRun busy = parts.routed(task(), TaskState.ROUTED, "ada");
    busy.next(Stage.ROUTE);
    isStale(busy, new News.Leave());
    assertThat(parts.ended).isEmpty();
  }
}
