/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A run goes on from the last safe phase that the store has kept of it. */
class RewindingTest {
  private final WaitingWorld world = new WaitingWorld();
  private final List<Outcome> learned = new ArrayList<>();
  private final EngineParts parts =
      new EngineParts(
              world,
              world
                  .arbiter()
                  .router(new Choice())
                  .agentRate("bob", RateLimit.of(9, Duration.ofHours(1)))
                  .afterCrash("always", AfterCrash.RUN_AGAIN)
                  .afterCrash("never", AfterCrash.FAIL)
                  .afterCrash("asks", AfterCrash.WAIT))
          .agents("ada", "bob");

  RewindingTest() {
    parts.registry.register(
        AgentProfile.builder("eve").idempotent().build(), assignment -> WorkReport.of("eve"));
  }

  private final class Choice implements Router {
    @Override
    public RoutingDecision route(RoutingRequest request) {
      throw new AssertionError("nothing is chosen here");
    }

    @Override
    public void learn(Outcome outcome) {
      learned.add(outcome);
    }
  }

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1").budget(TaskBudget.ofCost(90));
  }

  /* A run whose agent works, and has used up 2 so far. */
  private TaskRun working() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    run.countCall();
    Attempt attempt = parts.call(run);
    attempt.assignment().meter().add(Usage.cost(2));
    run.next(Stage.CALL);
    run.await(Waits.AGENT);
    return run;
  }

  /* Two agents work at once; the run looks at that of bob. */
  private TaskRun two() {
    TaskRun run = parts.routed(task().bestOf(2), TaskState.EXECUTING, "ada");
    Attempt unused = parts.call(run);
    Attempt unusedToo = parts.join(run, "bob");
    run.next(Stage.CALL);
    run.await(Waits.AGENT);
    return run;
  }

  private static Attempt attempt(TaskRun run) {
    return Objects.requireNonNull(run.attempt());
  }

  private static TaskRun.Kept kept(TaskRun run, KeptProgress progress) {
    return new TaskRun.Kept(new KeptTask(run.task(), run.accepted()), progress);
  }

  private void rewind(TaskRun run, KeptProgress progress) {
    parts.rewinding.rewind(run, kept(run, progress));
  }

  /* A run of another process, of which the store has kept this. */
  private TaskRun next(Task.Builder task, KeptProgress progress) {
    TaskRun run = parts.run(task);
    run.restored(progress.decisions().size());
    run.onPlace(Stage.TELL);
    run.next(Stage.CALL);
    assertThat(parts.line.enter(run)).isTrue();
    rewind(run, progress);
    return run;
  }

  private ApprovalRequest request(TaskRun run, Point point) {
    return parts.waiting.request(run, point, Question.of("May it?"), List.of());
  }

  private static List<String> agents(TaskRun run) {
    return run.decisions().all().stream().map(RoutingDecision::agent).toList();
  }

  private void learnedNothingOf(String... agents) {
    assertThat(learned).allMatch(outcome -> outcome.kind() == Outcome.Kind.INFRASTRUCTURE);
    assertThat(learned)
        .extracting(outcome -> outcome.decision().agent())
        .containsExactlyInAnyOrder(agents);
  }

  /* Safe phases of a process before. */

  @Test
  void a_task_that_was_accepted_begins() {
    TaskRun run = next(task(), KeptProgress.none());

    assertThat(run.stage()).isEqualTo(Stage.ENTER);
    assertThat(run.onPlace()).isEqualTo(Stage.ADMIT);
    assertThat(run.waits()).isNull();
    assertThat(parts.last())
        .isInstanceOfSatisfying(
            TaskEvent.Recovered.class,
            told -> assertThat(told.state()).isEqualTo(TaskState.RECEIVED));
  }

  @Test
  void a_report_that_was_kept_is_judged() {
    TaskRun before = working();
    before.report(WorkReport.of("done"), 5);
    before.state(TaskState.EXECUTION_COMPLETE);

    TaskRun run = next(task(), before.progress());

    assertThat(run.stage()).isEqualTo(Stage.ENTER);
    assertThat(run.onPlace()).isEqualTo(Stage.JUDGE);
    assertThat(run.report().output()).isEqualTo("done");
    assertThat(learned).isEmpty();
  }

  @Test
  void a_wait_between_calls_goes_on() {
    TaskRun before = parts.routed(task(), TaskState.WAITING, "ada");
    before.waitsFor(new WaitReason.NotBefore(world.now().plusSeconds(60)));

    TaskRun run = next(task().deadline(Duration.ofSeconds(5)), before.progress());

    assertThat(run.stage()).isEqualTo(Stage.PARK);
    assertThat(run.waits()).isNull();
    assertThat(run.hasPlace()).as("it runs no more").isFalse();
    assertThat(parts.timers.due(parts.now() + Duration.ofSeconds(5).toNanos()))
        .as("the deadline is set")
        .singleElement()
        .isSameAs(run.deadline());
  }

  @ParameterizedTest
  @CsvSource({
    "fix, ada, HOLD",
    "fix, eve, ROUTE",
    "always, ada, ROUTE",
    "asks, eve, HOLD",
    "never, eve, END"
  })
  void an_attempt_of_a_dead_process_is_made_again_or_not(String type, String agent, String then) {
    TaskRun before = parts.routed(Task.builder(type).id("T-1"), TaskState.EXECUTING, "zoe", agent);

    TaskRun run = next(Task.builder(type).id("T-1"), before.progress());

    Ended end = run.takeStop();
    if (then.equals("END")) {
      TaskResult.Failed failed = (TaskResult.Failed) Objects.requireNonNull(end).result();
      assertThat(failed.cause()).isEqualTo(FailureCause.UNKNOWN_EFFECT);
      assertThat(failed.message())
          .isEqualTo(
              "agent 'eve' worked at task 'T-1' when the process ended; what it has done is"
                  + " unknown, and tasks of type 'never' are not run again");
      return;
    }
    assertThat(end).isNull();
    assertThat(run.onPlace()).isEqualTo(Stage.valueOf(then));
    assertThat(run.reason())
        .isEqualTo(then.equals("HOLD") ? new WaitReason.UnknownEffect(agent, 2) : null);
    assertThat(run.attempts()).isEqualTo(then.equals("HOLD") ? 2 : 1);
    learnedNothingOf(agent);
  }

  /** Its agent asked within its call; a person denied it more; then its process ended. */
  @Test
  void a_task_that_was_denied_more_fails_though_its_process_has_ended() {
    TaskRun before = parts.routed(task(), TaskState.WAITING, "ada");
    ApprovalRequest request = request(before, Point.BUDGET);
    before.waitsFor(new WaitReason.Budget(request, true));
    Approval denied =
        new Approval(
            request.id(),
            request.point(),
            request.digest(),
            Answer.deny("eve", "too dear"),
            world.now());
    before.means().add(denied);

    TaskRun run = next(task(), before.progress());

    TaskResult.Failed failed = (TaskResult.Failed) Objects.requireNonNull(run.takeStop()).result();
    assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    assertThat(failed.message()).isEqualTo("May it? Denied by eve.");
  }

  @Test
  void a_task_that_was_given_more_has_an_unknown_effect_though() {
    TaskRun before = parts.routed(task(), TaskState.WAITING, "ada");
    ApprovalRequest request = request(before, Point.BUDGET);
    before.waitsFor(new WaitReason.Budget(request, true));
    KeptProgress undecided = before.progress();
    before
        .means()
        .add(
            new Approval(
                request.id(),
                request.point(),
                request.digest(),
                Answer.raise("eve", TaskBudget.ofCost(99)),
                world.now()));

    for (KeptProgress progress : List.of(undecided, before.progress())) {
      TaskRun run = next(task(), progress);
      assertThat(run.takeStop()).isNull();
      assertThat(run.reason()).isEqualTo(new WaitReason.UnknownEffect("ada", 1));
      assertThat(run.onPlace()).isEqualTo(Stage.HOLD);
    }
  }

  @Test
  void the_wait_within_a_call_of_a_dead_process_is_over_and_counts() {
    TaskRun before = parts.routed(task(), TaskState.EXECUTING, "eve");
    before.means().waitBegins(world.now(), parts.now());
    before.state(TaskState.WAITING);
    before.waitsFor(new WaitReason.Input(request(before, Point.INPUT), "", true));
    KeptProgress progress = before.progress();
    world.time.advance(Duration.ofSeconds(9));

    TaskRun run = next(task(), progress);

    assertThat(run.means().waited()).isEqualTo(Duration.ofSeconds(9));
    assertThat(run.means().kept().since()).isEqualTo(Instant.EPOCH);
    assertThat(run.onPlace()).isEqualTo(Stage.ROUTE);
    assertThat(parts.heard.events).noneMatch(TaskEvent.Resumed.class::isInstance);
  }

  /* A store that comes back within one process. */

  @Test
  void a_run_that_is_left_behind_stays_so() {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    run.await(Waits.NOTHING);
    int events = parts.heard.events.size();

    rewind(run, progress);

    assertThat(run.waits()).isEqualTo(Waits.NOTHING);
    assertThat(parts.heard.events).hasSize(events);
  }

  @Test
  void a_run_whose_end_was_kept_tells_it() {
    TaskRun run = working();
    TaskResult result = new TaskResult.Cancelled(run.task(), "enough", Usage.none());
    run.ending(new Ended(result, null));
    parts.publisher.stepToKeep(run, new TaskEvent.Concluded(parts.clock.of(run), result, 5));
    run.await(Waits.RECOVERY);

    parts.rewinding.rewind(run, null);

    assertThat(run.stage()).isEqualTo(Stage.TELL);
    assertThat(run.waits()).isNull();
    assertThat(parts.last()).isInstanceOf(TaskEvent.Concluded.class);
  }

  @Test
  void a_run_of_which_the_store_knows_nothing_ends_without_a_record() {
    TaskRun run = parts.run(task());

    parts.rewinding.rewind(run, null);

    assertThat(run.stage()).isEqualTo(Stage.TELL);
    assertThat(run.isUnrecorded()).isTrue();
    assertThat(((TaskResult.Failed) Objects.requireNonNull(run.ending()).result()).message())
        .contains("the store came back without it");
  }

  @Test
  void an_agent_works_on_while_the_store_is_away() {
    TaskRun run = working();
    Attempt attempt = attempt(run);
    KeptProgress progress = run.progress();
    run.lost(parts.now(), "disk full");

    rewind(run, progress);

    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    assertThat(run.attempt()).isSameAs(attempt);
    assertThat(attempt.isWorking()).isTrue();
    assertThat(run.attempts()).isEqualTo(1);
    assertThat(learned).isEmpty();
  }

  @Test
  void a_report_that_came_while_the_store_was_away_is_read() {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    parts.report(attempt(run), WorkReport.of("done"));

    rewind(run, progress);

    assertThat(run.waits()).isNull();
    assertThat(run.stage()).isEqualTo(Stage.REPORT);
  }

  @Test
  void a_report_that_the_store_lost_is_kept_again() {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    run.noAttempt();
    run.report(WorkReport.of("done"), 7);
    run.used(Usage.cost(3));
    run.state(TaskState.EXECUTION_COMPLETE);

    rewind(run, progress);

    assertThat(run.onPlace()).isEqualTo(Stage.KEEP_REPORT);
    assertThat(run.stage()).isEqualTo(Stage.ENTER);
    assertThat(run.report().output()).isEqualTo("done");
    assertThat(run.nanos()).isEqualTo(7);
    assertThat(run.used()).isEqualTo(Usage.cost(3));
  }

  @Test
  void a_verdict_of_which_the_end_was_lost_is_taken_back() {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    run.noAttempt();
    run.report(WorkReport.of("done"), 7);
    run.passed(
        new TaskRun.Passed(
            Pipeline.assignment(run, Duration.ofSeconds(1), AgentLink.none()),
            new Verdict.Approved(List.of(), 1, Seal.none())));

    rewind(run, progress);

    assertThat(run.passed()).isNull();
  }

  @Test
  void a_call_that_was_kept_and_not_made_is_taken_back() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    run.seat(parts.seat(run, "ada"));
    run.countCall();
    KeptProgress progress = run.progress();
    assertThat(progress.means().calls()).isEqualTo(1);

    rewind(run, progress);

    assertThat(run.onPlace()).isEqualTo(Stage.ROUTE);
    assertThat(run.attempts()).isZero();
    assertThat(run.means().calls()).isZero();
    assertThat(run.seat()).as("its slot is given back").isNull();
    assertThat(parts.registry.all()).allMatch(agent -> agent.active() == 0);
    learnedNothingOf("ada");
  }

  @Test
  void a_retry_that_was_kept_and_not_made_is_made() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    run.means().again(Usage.cost(1), true);
    run.countCall();

    rewind(run, run.progress());

    assertThat(run.onPlace()).isEqualTo(Stage.HOLD);
    assertThat(run.reason()).isEqualTo(new WaitReason.Retry("ada", 1, world.now()));
    assertThat(run.means().calls()).isZero();
    assertThat(learned).isEmpty();
  }

  @Test
  void a_decision_that_the_store_did_not_keep_has_no_outcome() {
    TaskRun run = parts.routed(task(), TaskState.WAITING, "ada");
    run.waitsFor(new WaitReason.NotBefore(world.now()));
    KeptProgress progress = run.progress();
    run.routed(EngineParts.decision(2, "bob"));

    rewind(run, progress);

    assertThat(agents(run)).containsExactly("ada");
    assertThat(run.stage()).isEqualTo(Stage.PARK);
    learnedNothingOf("bob");
  }

  @Test
  void an_attempt_that_failed_while_the_store_was_away_has_failed() {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    run.used(Usage.cost(2));
    run.noAttempt();

    rewind(run, progress);

    assertThat(run.onPlace()).isEqualTo(Stage.ROUTE);
    assertThat(agents(run)).as("it was called, and counts").containsExactly("ada");
    assertThat(run.used()).isEqualTo(Usage.cost(2));
    learnedNothingOf("ada");
  }

  @Test
  void an_agent_whose_call_the_store_does_not_know_is_interrupted() {
    TaskRun run = parts.routed(task(), TaskState.WAITING, "ada");
    run.waitsFor(new WaitReason.NotBefore(world.now()));
    KeptProgress progress = run.progress();
    run.routed(EngineParts.decision(2, "bob"));
    Attempt bob = parts.call(run);

    rewind(run, progress);

    assertThat(bob.isAbandoned()).isTrue();
    assertThat(run.attempt()).isNull();
    learnedNothingOf("bob");
  }

  @Test
  void a_decision_that_was_taken_back_is_taken_back_again() {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    run.noAttempt();
    parts.lessons.unlearned(run);
    run.dropDecision();

    rewind(run, progress);

    assertThat(run.onPlace()).isEqualTo(Stage.ROUTE);
    assertThat(run.attempts()).isZero();
    learnedNothingOf("ada");
  }

  @Test
  void what_was_used_up_while_the_store_was_away_stays_used_up() {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    run.noAttempt();
    run.used(Usage.cost(5));
    run.routed(EngineParts.decision(2, "bob"));
    run.used(Usage.cost(3));

    rewind(run, progress);

    assertThat(run.usedByAll()).isEqualTo(Usage.cost(8));
  }

  /** What a call ended with, and its run was to wait for. */
  private enum Meant {
    UNKNOWN,
    RETRY,
    INPUT
  }

  @ParameterizedTest
  @EnumSource(Meant.class)
  void a_wait_that_the_store_lost_begins_again(Meant meant) {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    run.noAttempt();
    run.used(Usage.cost(4));
    run.means().again(Usage.cost(4), true);
    run.means().resumeToken("token");
    WaitReason reason =
        switch (meant) {
          case UNKNOWN -> new WaitReason.UnknownEffect("ada", 1);
          case RETRY -> new WaitReason.Retry("ada", 1, world.now());
          case INPUT -> new WaitReason.Input(request(run, Point.INPUT), "token", false);
        };
    run.state(TaskState.WAITING);
    run.waitsFor(reason);

    rewind(run, progress);

    assertThat(run.onPlace()).isEqualTo(Stage.HOLD);
    assertThat(run.stage()).isEqualTo(Stage.ENTER);
    assertThat(run.reason()).isEqualTo(reason);
    assertThat(run.used()).isEqualTo(Usage.cost(4));
    assertThat(run.means().isBegun()).isTrue();
    assertThat(run.means().resumeToken()).isEqualTo("token");
    assertThat(learned).isEmpty();
  }

  @Test
  void a_wait_for_something_else_is_no_wait_of_the_call() {
    TaskRun run = working();
    KeptProgress progress = run.progress();
    run.noAttempt();
    run.state(TaskState.WAITING);
    run.waitsFor(new WaitReason.Quota("ada", world.now()));

    rewind(run, progress);

    assertThat(run.onPlace()).isEqualTo(Stage.ROUTE);
  }

  /* An agent that asks within its call. */

  private News.Asked asks(TaskRun run) {
    News.Asked asking = new News.Asked(attempt(run), Point.INPUT, Question.of("May it?"));
    run.asking(asking);
    return asking;
  }

  @Test
  void a_question_that_was_kept_waits_on() {
    TaskRun run = working();
    News.Asked asking = asks(run);
    run.state(TaskState.WAITING);
    run.waitsFor(new WaitReason.Input(request(run, Point.INPUT), "", true));
    run.means().waitBegins(world.now(), parts.now());
    KeptProgress progress = run.progress();

    rewind(run, progress);

    assertThat(run.stage()).isEqualTo(Stage.CALL);
    assertThat(run.waits()).isNull();
    assertThat(run.asking()).isSameAs(asking);
    assertThat(asking.answer).isNotDone();
    assertThat(run.state()).isEqualTo(TaskState.WAITING);
    assertThat(run.means().kept().since()).isEqualTo(world.now());
  }

  @Test
  void a_question_that_was_not_kept_is_to_be_asked_again() {
    TaskRun run = working();
    Attempt attempt = attempt(run);
    assertThat(run.takeToCall()).isSameAs(attempt);
    KeptProgress progress = run.progress();
    parts.answer = new CompletableFuture<>();
    CompletionStage<Approval> first = attempt.ask(Question.of("May it?"));
    assertThat(run.waits()).as("the store keeps the question").isEqualTo(Waits.STORE);

    rewind(run, progress);

    assertThat(first.toCompletableFuture()).isCompletedExceptionally();
    assertThat(run.asking()).isNull();
    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
    CompletionStage<Approval> again = attempt.ask(Question.of("May it?"));
    assertThat(again.toCompletableFuture()).isNotDone();
    assertThat(parts.open.open()).hasSize(1);
  }

  @Test
  void a_later_question_than_the_one_that_was_kept_is_to_be_asked_again() {
    TaskRun run = working();
    run.state(TaskState.WAITING);
    run.waitsFor(new WaitReason.Input(request(run, Point.INPUT), "", true));
    run.means().waitBegins(world.now(), parts.now());
    KeptProgress progress = run.progress();
    News.Asked later = asks(run);
    run.waitsFor(new WaitReason.Input(request(run, Point.TENANT_BUDGET), "", true));

    rewind(run, progress);

    assertThat(later.answer).isCompletedExceptionally();
    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
  }

  @Test
  void an_agent_that_had_its_answer_works_on() {
    TaskRun run = working();
    run.state(TaskState.WAITING);
    run.waitsFor(new WaitReason.Input(request(run, Point.INPUT), "", true));
    run.means().waitBegins(world.now(), parts.now());
    KeptProgress progress = run.progress();
    world.time.advance(Duration.ofSeconds(4));
    assertThat(run.means().waitEnds(parts.now())).isEqualTo(4_000_000_000L);
    run.state(TaskState.EXECUTING);
    world.time.advance(Duration.ofSeconds(8));

    rewind(run, progress);

    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    assertThat(run.means().waited()).as("it knows how long").isEqualTo(Duration.ofSeconds(4));
    assertThat(parts.last()).isInstanceOf(TaskEvent.Resumed.class);
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
  }

  /* Several attempts. */

  @Test
  void agents_that_work_at_once_work_on() {
    TaskRun run = two();
    Attempt bob = attempt(run);
    KeptProgress progress = run.progress();
    assertThat(run.lookAt(1)).isTrue();

    rewind(run, progress);

    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    assertThat(run.attempt()).as("at which the store looked").isSameAs(bob);
    assertThat(run.othersWork()).isTrue();
    assertThat(learned).isEmpty();
  }

  @Test
  void an_agent_whose_joining_was_not_kept_does_not_join() {
    TaskRun run = parts.routed(task().bestOf(2), TaskState.EXECUTING, "ada");
    Attempt ada = parts.call(run);
    KeptProgress progress = run.progress();
    run.join(EngineParts.decision(2, "bob"), parts.seat(run, "bob"));
    assertThat(parts.permits.takeToJoin(run)).isEmpty();
    assertThat(run.permit()).isNotNull();
    run.countCall();

    rewind(run, progress);

    assertThat(run.attempt()).isSameAs(ada);
    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    assertThat(agents(run)).containsExactly("ada");
    assertThat(run.hasOthers()).isFalse();
    assertThat(run.permit()).isNull();
    assertThat(parts.registry.all())
        .allMatch(agent -> agent.active() == (agent.id().equals("ada") ? 1 : 0));
    learnedNothingOf("bob");
  }

  @Test
  void an_agent_whose_joining_was_kept_and_that_was_not_called_does_not_join() {
    TaskRun run = parts.routed(task().bestOf(2), TaskState.EXECUTING, "ada");
    run.countCall();
    Attempt ada = parts.call(run);
    run.width(2, true);
    run.join(EngineParts.decision(2, "bob"), parts.seat(run, "bob"));
    assertThat(parts.permits.takeToJoin(run)).isEmpty();
    assertThat(run.permit()).isNotNull();
    run.countCall();

    rewind(run, run.progress());

    assertThat(run.attempt()).isSameAs(ada);
    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    assertThat(agents(run)).containsExactly("ada");
    assertThat(run.means().calls()).isEqualTo(1);
    assertThat(run.width()).as("nobody else joins").isEqualTo(1);
    assertThat(run.permit()).isNull();
    learnedNothingOf("bob");
  }

  @Test
  void one_of_several_that_failed_while_the_store_was_away_is_left() {
    TaskRun run = two();
    KeptProgress progress = run.progress();
    run.noAttempt();

    rewind(run, progress);

    assertThat(run.agent()).isEqualTo("ada");
    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    learnedNothingOf("bob");
  }

  @Test
  void one_of_several_that_had_ended_is_the_one_that_the_store_looks_at() {
    TaskRun run = two();
    KeptProgress progress = run.progress();
    parts.lessons.unlearned(run);
    run.leave();
    learned.clear();

    rewind(run, progress);

    assertThat(run.agent()).isEqualTo("ada");
    assertThat(run.waits()).isEqualTo(Waits.AGENT);
    assertThat(learned).as("it had its outcome").isEmpty();
  }

  @Test
  void work_of_another_that_was_not_judged_is_judged_then() {
    TaskRun run = two();
    KeptProgress progress = run.progress();
    run.noAttempt();
    assertThat(run.lookAt(1)).isTrue();
    run.noAttempt();
    run.report(WorkReport.of("of ada"), 5);

    rewind(run, progress);

    assertThat(run.agent()).isEqualTo("ada");
    assertThat(run.stage()).isEqualTo(Stage.ENTER);
    assertThat(run.onPlace()).isEqualTo(Stage.KEEP_REPORT);
    learnedNothingOf("bob");
  }

  @Test
  void attempts_that_died_beside_one_that_reported_have_no_outcome() {
    TaskRun before = two();
    before.noAttempt();
    before.report(WorkReport.of("of bob"), 5);
    before.state(TaskState.EXECUTION_COMPLETE);

    TaskRun run = next(task().bestOf(2), before.progress());

    assertThat(run.agent()).isEqualTo("bob");
    assertThat(run.onPlace()).isEqualTo(Stage.JUDGE);
    learnedNothingOf("ada");
  }

  @Test
  void work_that_was_set_aside_outlives_the_process_of_the_others() {
    TaskRun before = two();
    Attempt unused = parts.join(before, "eve");
    assertThat(before.lookAt(1)).isTrue();
    before.noAttempt();
    before.report(WorkReport.of("of ada"), 5);
    assertThat(before.lookAt(2)).isTrue();

    TaskRun run = next(task().bestOf(3), before.progress());

    assertThat(run.agent()).isEqualTo("ada");
    assertThat(run.report().output()).isEqualTo("of ada");
    assertThat(run.stage()).isEqualTo(Stage.ENTER);
    assertThat(run.onPlace()).isEqualTo(Stage.KEEP_REPORT);
    learnedNothingOf("bob", "eve");
  }

  @Test
  void the_round_of_a_dead_process_is_made_again_if_all_of_its_agents_may() {
    TaskRun both = parts.routed(task().bestOf(2), TaskState.EXECUTING, "eve");
    Attempt unused = parts.call(both);
    Attempt unusedToo = parts.join(both, "eve");
    assertThat(next(task().bestOf(2), both.progress()).onPlace()).isEqualTo(Stage.ROUTE);

    TaskRun one = parts.routed(task().bestOf(2), TaskState.EXECUTING, "ada");
    Attempt unusedThree = parts.call(one);
    Attempt unusedFour = parts.join(one, "eve");
    assertThat(next(task().bestOf(2), one.progress()).onPlace()).isEqualTo(Stage.HOLD);
  }

  /* A person decides. */

  @Test
  void an_attempt_is_made_again_when_a_person_says_so() {
    TaskRun run = parts.routed(task(), TaskState.WAITING, "bob", "ada");
    run.waitsFor(new WaitReason.UnknownEffect("ada", 2));
    run.next(Stage.PARK);
    run.means().waitBegins(world.now(), parts.now());
    world.time.advance(Duration.ofSeconds(9));

    parts.rewinding.again(run);

    assertThat(agents(run)).containsExactly("bob");
    assertThat(run.onPlace()).isEqualTo(Stage.ROUTE);
    assertThat(run.stage()).isEqualTo(Stage.ENTER);
    assertThat(run.means().waited()).isEqualTo(Duration.ofSeconds(9));
    assertThat(run.means().kept().since()).isEqualTo(Instant.EPOCH);
  }
}
