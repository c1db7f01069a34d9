/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One call of one agent: its time, its slot, what it says and what it uses up. */
class AttemptTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long SECOND = 1_000_000_000L;

  private final WaitingWorld world = new WaitingWorld();
  private EngineParts parts = parts(builder -> builder);

  private EngineParts parts(UnaryOperator<ArbiterBuilder> with) {
    EngineParts all = new EngineParts(world, with.apply(world.arbiter().attemptLimit(LIMIT)));
    all.registry.register(
        AgentProfile.builder("ada").capacity(1).build(), assignment -> WorkReport.of("ada"));
    return all.agents("bob");
  }

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  private Attempt call(Task.Builder task) {
    TaskRun run = parts.routed(task, TaskState.EXECUTING, "ada");
    run.place(true);
    Attempt attempt = parts.call(run);
    // The test calls the agent, and nobody else.
    assertThat(run.takeToCall()).isSameAs(attempt);
    run.await(Waits.AGENT);
    return attempt;
  }

  private Attempt call() {
    return call(task());
  }

  private void pass(int seconds) {
    world.time.advance(Duration.ofSeconds(seconds));
  }

  private static int active(Attempt attempt) {
    return attempt.seat().slots().active();
  }

  /* Time. */

  @Test
  void an_agent_works_until_its_call_is_over() {
    Attempt attempt = call();
    assertThat(attempt.worked()).isZero();
    assertThat(attempt.isWorking()).isTrue();
    assertThat(attempt.isAbandoned()).isFalse();
    pass(3);
    assertThat(attempt.worked()).isEqualTo(3 * SECOND);

    parts.report(attempt, WorkReport.of("done"));
    pass(4);

    assertThat(attempt.worked()).isEqualTo(3 * SECOND);
    assertThat(attempt.isWorking()).isFalse();
    assertThat(attempt.isOver()).isTrue();
  }

  @Test
  void an_agent_that_was_abandoned_works_for_nobody() {
    Attempt attempt = call();
    pass(3);
    assertThat(attempt.abandon()).isNull();
    pass(4);

    assertThat(attempt.worked()).isEqualTo(3 * SECOND);
    assertThat(attempt.isWorking()).isFalse();
    assertThat(attempt.isAbandoned()).isTrue();
    assertThat(attempt.isOver()).isTrue();
  }

  @Test
  void a_call_must_end_at_its_limit() {
    Attempt attempt = call();
    assertThat(attempt.ends()).isEqualTo(attempt.began() + LIMIT.toNanos());

    attempt.paused(5 * SECOND);

    assertThat(attempt.paused()).isEqualTo(5 * SECOND);
    assertThat(attempt.ends()).as("waits do not count").isEqualTo(attempt.began() + 65 * SECOND);
    assertThat(attempt.longest()).isEqualTo(60 * SECOND);
    pass(8);
    assertThat(attempt.worked()).isEqualTo(3 * SECOND);
    attempt.paused(5 * SECOND);
    assertThat(attempt.worked()).as("clocks differ").isZero();
  }

  @Test
  void a_call_must_end_when_the_time_of_the_budget_is_used_up() {
    Attempt attempt = call(task().budget(TaskBudget.none().withTime(Duration.ofSeconds(20))));
    assertThat(attempt.longest()).isEqualTo(20 * SECOND);
    assertThat(attempt.isOutOfTime()).isFalse();

    pass(19);
    assertThat(attempt.longest()).as("it is of the whole call").isEqualTo(20 * SECOND);
    assertThat(attempt.isOutOfTime()).isFalse();
    pass(1);
    assertThat(attempt.isOutOfTime()).isTrue();
  }

  @Test
  void agents_that_work_at_once_share_the_time_that_is_left() {
    TaskRun run =
        parts.routed(
            task().bestOf(2).budget(TaskBudget.none().withTime(Duration.ofSeconds(20))),
            TaskState.EXECUTING,
            "ada");
    Attempt ada = parts.call(run);
    pass(4);
    Attempt bob = parts.join(run, "bob");

    assertThat(ada.longest()).as("16 s are left for both").isEqualTo((4 + 8) * SECOND);
    assertThat(bob.longest()).isEqualTo(8 * SECOND);
    pass(2);
    assertThat(bob.spent().time()).isEqualTo(Duration.ofSeconds(8));
    parts.report(ada, WorkReport.of("done"));
    assertThat(bob.longest()).as("all of the rest is its own").isEqualTo((2 + 12) * SECOND);
  }

  @Test
  void the_time_of_calls_before_is_used_up() {
    TaskRun run =
        parts.routed(
            task().budget(TaskBudget.none().withTime(Duration.ofSeconds(20))),
            TaskState.EXECUTING,
            "ada");
    run.means().worked(15 * SECOND);
    run.means().attemptEnded(Usage.cost(2));
    run.means().again(Usage.cost(3), true);

    Attempt attempt = parts.call(run);
    attempt.assignment().meter().add(Usage.cost(4));

    assertThat(attempt.longest()).isEqualTo(5 * SECOND);
    assertThat(attempt.spent().time()).isEqualTo(Duration.ofSeconds(15));
    assertThat(attempt.spent().usage()).isEqualTo(Usage.cost(9));
    assertThat(attempt.spent().calls()).isZero();
    assertThat(attempt.spent().attempts()).isZero();
  }

  @Test
  void a_call_stalls_without_a_sign() {
    parts = parts(builder -> builder.guards(Guards.none().stall(Duration.ofSeconds(10))));
    Attempt attempt = call();
    assertThat(attempt.longest()).isEqualTo(10 * SECOND);
    pass(4);

    assertThat(attempt.progress(Usage.none(), "half").toCompletableFuture())
        .isCompletedWithValue(true);

    assertThat(attempt.longest()).isEqualTo(14 * SECOND);
    assertThat(attempt.whyEnded())
        .isEqualTo("stall guard: agent 'ada' made no progress for PT10S; it was interrupted");
    pass(46);
    attempt.answered();
    assertThat(attempt.longest()).as("an answer is a sign").isEqualTo(60 * SECOND);
    assertThat(attempt.whyEnded())
        .isEqualTo("agent 'ada' did not report within PT1M; it was interrupted");
  }

  @Test
  void a_call_that_took_too_long_names_its_limit() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    Attempt attempt =
        new Attempt(
            run,
            parts.pipeline,
            new TimeLimits.Limit(Duration.ofSeconds(5), "the attempt limit of type", "fix"),
            Duration.ofSeconds(4),
            parts.seat(run, "ada"),
            parts.now());

    assertThat(attempt.longest()).isEqualTo(5 * SECOND);
    assertThat(attempt.assignment().timeLimit()).isEqualTo(Duration.ofSeconds(4));
    assertThat(attempt.whyEnded())
        .isEqualTo(
            "agent 'ada' did not report within PT5S, the attempt limit of type 'fix'; it was"
                + " interrupted");
  }

  /* Questions. */

  @Test
  void an_agent_that_asks_waits_for_the_answer() {
    Attempt attempt = call();
    pass(2);

    CompletableFuture<Approval> answer =
        attempt.ask(Question.of("Which branch?")).toCompletableFuture();

    ApprovalRequest request = parts.open.open().get(0);
    assertThat(request.question().text()).isEqualTo("Which branch?");
    assertThat(attempt.ofRun().state()).isEqualTo(TaskState.WAITING);
    pass(5);
    assertThat(attempt.worked()).as("the wait is not its work").isEqualTo(2 * SECOND);
    assertThat(answer).isNotDone();
    assertThat(parts.open.decide(request, Answer.reply("eve", "main")).toCompletableFuture())
        .isCompleted();
    assertThat(answer.join().answer().text()).isEqualTo("main");
    pass(1);
    assertThat(attempt.worked()).isEqualTo(3 * SECOND);
    assertThat(attempt.paused()).isEqualTo(5 * SECOND);
    assertThat(attempt.ofRun().state()).isEqualTo(TaskState.EXECUTING);
  }

  @Test
  void an_agent_asks_one_question_at_a_time() {
    Attempt attempt = call();
    CompletionStage<Approval> first = attempt.ask(Question.of("Which branch?"));

    assertThatThrownBy(() -> attempt.ask(Question.of("And now?")).toCompletableFuture().join())
        .hasMessageContaining("the agent asks already; it must wait for that answer first");
    assertThat(first.toCompletableFuture()).isNotDone();

    CompletionStage<?> unused =
        parts.open.decide(parts.open.open().get(0), Answer.reply("eve", "main"));
    assertThat(first.toCompletableFuture()).isCompleted();
    CompletionStage<?> unusedToo = attempt.ask(Question.of("And now?"));
    assertThat(parts.open.open())
        .singleElement()
        .matches(request -> request.question().text().equals("And now?"));
  }

  @Test
  void an_agent_that_asks_the_same_again_has_the_same_answer() {
    Attempt attempt = call();
    CompletionStage<Approval> first = attempt.ask(Question.of("Which branch?"));
    CompletionStage<?> unused =
        parts.open.decide(parts.open.open().get(0), Answer.reply("eve", "main"));

    CompletionStage<Approval> again = attempt.ask(Question.of("Which branch?"));

    assertThat(again.toCompletableFuture().join()).isEqualTo(first.toCompletableFuture().join());
    assertThat(parts.open.open()).as("nobody is asked again").isEmpty();
    CompletionStage<Approval> other = attempt.ask(Question.of("And now?"));
    assertThat(other.toCompletableFuture()).isNotDone();
    assertThat(parts.open.open()).hasSize(1);
  }

  @Test
  void an_agent_whose_question_expired_may_ask_another() {
    Attempt attempt = call();
    CompletionStage<Approval> first =
        attempt.ask(Question.of("Which branch?").within(Duration.ofSeconds(30)));
    pass(30);
    parts.pipeline.timeUp(attempt.ofRun());
    assertThat(first.toCompletableFuture()).isCompletedExceptionally();
    assertThat(attempt.isWorking()).isTrue();

    CompletionStage<Approval> other = attempt.ask(Question.of("And now?"));

    assertThat(other.toCompletableFuture()).isNotDone();
    assertThat(parts.open.open())
        .singleElement()
        .matches(request -> request.question().text().equals("And now?"));
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void an_attempt_that_is_over_asks_nobody_and_makes_no_progress(End end) {
    Attempt attempt = call();
    end(attempt, end);

    assertThatThrownBy(() -> attempt.ask(Question.of("May I?")).toCompletableFuture().join())
        .hasMessageContaining("the attempt is over");
    assertThatThrownBy(() -> attempt.progress(Usage.none(), "").toCompletableFuture().join())
        .hasMessageContaining("the attempt is over");
    assertThat(parts.open.open()).isEmpty();
  }

  /** How an attempt ends. */
  private enum End {
    REPORTED,
    ABANDONED
  }

  private void end(Attempt attempt, End end) {
    if (end == End.REPORTED) {
      parts.report(attempt, WorkReport.of("done"));
    } else {
      assertThat(attempt.begin(Thread.currentThread())).isTrue();
      attempt.returned(new CompletableFuture<>());
      assertThat(attempt.abandon()).isNull();
    }
  }

  /* Progress. */

  @Test
  void an_agent_goes_on_as_long_as_something_is_left() {
    Attempt attempt = call(task().budget(TaskBudget.ofCost(5)));
    attempt.assignment().meter().add(Usage.cost(4.5));

    assertThat(attempt.progress(Usage.none(), "half").toCompletableFuture())
        .isCompletedWithValue(true);
    assertThat(attempt.overspent()).isEmpty();
    assertThat(attempt.isToRead()).isFalse();
  }

  @Test
  void an_agent_that_passes_the_budget_is_stopped() {
    Attempt attempt = call(task().budget(TaskBudget.ofCost(5)));
    attempt.assignment().meter().add(Usage.cost(5));

    assertThatThrownBy(() -> attempt.progress(Usage.none(), "").toCompletableFuture().join())
        .hasMessageContaining("task 'T-1' has reached its budget, a cost of 5.0 of 5.0 US dollars");

    assertThat(attempt.isAbandoned()).isTrue();
    TaskResult.Failed failed =
        (TaskResult.Failed) attempt.ofRun().result().toCompletableFuture().join();
    assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    assertThat(failed.usage()).isEqualTo(Usage.cost(5));
  }

  @Test
  void an_agent_may_hand_back_what_it_has_and_is_told_once() {
    Attempt attempt = call(task().budget(TaskBudget.ofCost(5).atLimit(AtLimit.TAKE)));
    attempt.assignment().meter().add(Usage.cost(6));

    assertThat(attempt.progress(Usage.none(), "").toCompletableFuture())
        .isCompletedWithValue(false);
    assertThat(attempt.isWorking()).isTrue();

    assertThatThrownBy(() -> attempt.progress(Usage.none(), "").toCompletableFuture().join())
        .hasMessageContaining("has reached its budget");
    assertThat(attempt.isWorking()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.Kind.class,
      names = {"RAISED", "DENIED"})
  void a_person_is_asked_when_the_budget_is_used_up(Answer.Kind kind) {
    Attempt attempt = call(task().budget(TaskBudget.ofCost(5).atLimit(AtLimit.ASK)));
    attempt.assignment().meter().add(Usage.cost(5));

    CompletableFuture<Boolean> mayGoOn = attempt.progress(Usage.none(), "").toCompletableFuture();
    ApprovalRequest request = parts.open.open().get(0);
    assertThat(request.question().text())
        .isEqualTo(
            "task 'T-1' has reached its budget, a cost of 5.0 of 5.0 US dollars."
                + " Give it more?");
    assertThat(mayGoOn).isNotDone();
    CompletionStage<?> unused =
        parts.open.decide(
            request,
            kind == Answer.Kind.RAISED
                ? Answer.raise("eve", TaskBudget.ofCost(9))
                : Answer.deny("eve", "too dear"));

    assertThat(mayGoOn).isCompletedWithValue(kind == Answer.Kind.RAISED);
    assertThat(attempt.isWorking()).isEqualTo(kind == Answer.Kind.RAISED);
    assertThat(attempt.ofRun().isComplete()).isEqualTo(kind == Answer.Kind.DENIED);
  }

  @Test
  void a_question_that_nobody_may_answer_fails_the_progress() {
    Attempt attempt = call(task().budget(TaskBudget.ofCost(5).atLimit(AtLimit.ASK)));
    attempt.ofRun().await(Waits.RECOVERY);
    attempt.assignment().meter().add(Usage.cost(5));

    assertThatThrownBy(() -> attempt.progress(Usage.none(), "").toCompletableFuture().join())
        .hasMessageContaining("the store is away; ask again");
  }

  @Test
  void a_person_who_gave_more_gave_it_to_the_call_that_runs() {
    Attempt attempt = call(task().budget(TaskBudget.ofCost(5).withTime(Duration.ofSeconds(5))));
    attempt.assignment().meter().add(Usage.cost(5));
    assertThat(attempt.longest()).isEqualTo(5 * SECOND);

    attempt.budget(TaskBudget.ofCost(6).withTime(Duration.ofSeconds(30)));

    assertThat(attempt.progress(Usage.none(), "").toCompletableFuture()).isCompletedWithValue(true);
    assertThat(attempt.longest()).isEqualTo(30 * SECOND);
  }

  @Test
  void an_agent_that_says_the_same_again_and_again_is_stopped() {
    parts = parts(builder -> builder.guards(Guards.none().sameMessage(2)).fallbacks(0));
    Attempt attempt = call();
    assertThat(attempt.progress(Usage.none(), "hm").toCompletableFuture())
        .isCompletedWithValue(true);
    assertThat(attempt.isLoop()).isFalse();

    assertThatThrownBy(() -> attempt.progress(Usage.none(), "hm").toCompletableFuture().join())
        .hasMessageContaining("loop guard: agent 'ada' reported 'hm' 2 times");

    assertThat(attempt.isLoop()).isTrue();
    assertThat(attempt.isOutOfTime()).as("a loop is no lack of time").isFalse();
    assertThat(attempt.whyEnded()).startsWith("loop guard: agent 'ada'");
    assertThat(attempt.isAbandoned()).isTrue();
    assertThat(attempt.ofRun().isComplete()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void a_loop_of_an_attempt_that_is_over_ends_nothing(End end) {
    parts = parts(builder -> builder.guards(Guards.none().sameMessage(2)));
    Attempt attempt = call();
    CompletionStage<Boolean> first = attempt.progress(Usage.none(), "hm");
    assertThat(first.toCompletableFuture()).isCompletedWithValue(true);
    end(attempt, end);

    assertThatThrownBy(() -> attempt.progress(Usage.none(), "hm").toCompletableFuture().join())
        .hasMessageContaining("the attempt is over");
    assertThat(attempt.isLoop()).isFalse();
  }

  /* What it used up. */

  @Test
  void a_report_says_what_was_used_up_or_else_the_meter() {
    Attempt attempt = call();
    attempt.assignment().meter().add(Usage.cost(2));
    assertThat(attempt.used()).as("it works").isEqualTo(Usage.cost(2));
    assertThat(attempt.used(null)).isEqualTo(Usage.cost(2));
    assertThat(attempt.used(WorkReport.of("done"))).isEqualTo(Usage.cost(2));

    parts.report(attempt, WorkReport.of("done").withUsage(Usage.cost(3)));

    assertThat(attempt.used()).isEqualTo(Usage.cost(3));
    assertThat(attempt.isToRead()).isTrue();
  }

  @Test
  void a_failure_says_what_was_used_up() {
    Attempt attempt = call();
    attempt.assignment().meter().add(Usage.cost(2));
    assertThat(attempt.begin(Thread.currentThread())).isTrue();
    attempt.returned(CompletableFuture.failedFuture(new AgentException("down", Usage.cost(4))));
    assertThat(attempt.reportIfOver()).as("its call is not over").isNull();

    assertThat(attempt.over()).isTrue();

    assertThat(attempt.reportIfOver()).isCompletedExceptionally();
    assertThat(attempt.used()).isEqualTo(Usage.cost(4));
  }

  @Test
  void a_tenant_pays_each_use_once_also_of_a_call_that_nobody_waited_for() {
    parts =
        parts(
            builder ->
                builder.tenantBudget(
                    "default", TenantBudget.per(Duration.ofDays(1), TaskBudget.ofCost(100))));
    Attempt attempt = call();
    pass(2);
    attempt.charge(Usage.cost(3));
    attempt.charge(Usage.cost(3));
    attempt.assignment().meter().add(Usage.cost(4));
    attempt.chargeIfAbandoned();
    assertThat(spent().usage()).isEqualTo(Usage.cost(3));
    assertThat(spent().time()).isEqualTo(Duration.ofSeconds(2));

    assertThat(attempt.begin(Thread.currentThread())).isTrue();
    assertThat(attempt.abandon()).isNull();
    attempt.returned(
        CompletableFuture.completedFuture(WorkReport.of("done").withUsage(Usage.cost(5))));
    assertThat(attempt.over()).isTrue();
    attempt.chargeIfAbandoned();

    assertThat(spent().usage()).isEqualTo(Usage.cost(5));
  }

  private TaskBudget.Spent spent() {
    return parts.ledger.balances("default").get(0).spent();
  }

  @Test
  void an_agent_at_work_is_stopped_when_its_tenant_has_nothing_left() {
    parts =
        parts(
            builder ->
                builder.tenantBudget(
                    "default",
                    TenantBudget.per(
                        Duration.ofDays(1), TaskBudget.ofCost(4).atLimit(AtLimit.TAKE))));
    Attempt attempt = call();
    attempt.assignment().meter().add(Usage.cost(3));
    assertThat(attempt.progress(Usage.none(), "").toCompletableFuture()).isCompletedWithValue(true);
    attempt.assignment().meter().add(Usage.cost(1));

    assertThat(attempt.progress(Usage.none(), "").toCompletableFuture())
        .isCompletedWithValue(false);
    assertThatThrownBy(() -> attempt.progress(Usage.none(), "").toCompletableFuture().join())
        .hasMessageContaining("tenant 'default'");
  }

  /* The right to be called. */

  @Test
  void an_attempt_goes_on_once_with_what_was_approved() {
    Attempt attempt = call();
    Assignment approved = attempt.assignment();

    attempt.enter(approved.withTimeLimit(Duration.ofSeconds(5)));

    assertThatThrownBy(() -> attempt.enter(approved))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("attempt 1 at task 'T-1' was let go on before; an attempt goes on once");
  }

  /** What an interceptor must not change. */
  private enum Change {
    TASK,
    AGENT,
    ATTEMPT,
    DIGEST,
    TIME,
    APPROVALS,
    TOKEN;

    Assignment of(Assignment given, Approval approval) {
      return new Assignment(
          this == TASK ? given.task().withPayload("other") : given.task(),
          this == AGENT ? "bob" : given.agent(),
          this == ATTEMPT ? 2 : given.attempt(),
          this == DIGEST ? "sha256:2" : given.specDigest(),
          this == TIME ? given.timeLimit().plusNanos(1) : given.timeLimit(),
          given.meter(),
          this == APPROVALS ? List.of(approval) : given.approvals(),
          this == TOKEN ? "other" : given.resumeToken(),
          given.link(),
          given.directory());
    }
  }

  @ParameterizedTest
  @EnumSource(Change.class)
  void an_assignment_that_was_amended_is_not_let_go_on(Change change) {
    Attempt attempt = call();
    Approval approval =
        new Approval(
            "r-1",
            ApprovalRequest.Point.INPUT,
            "sha256:0",
            Answer.reply("eve", "yes"),
            world.now());

    assertThatThrownBy(() -> attempt.enter(change.of(attempt.assignment(), approval)))
        .hasMessageContaining("was amended; task, agent, attempt and spec digest must stay");
    attempt.enter(attempt.assignment());
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void an_attempt_that_is_over_is_not_let_go_on(End end) {
    Attempt attempt = call();
    end(attempt, end);

    assertThatThrownBy(() -> attempt.enter(attempt.assignment()))
        .hasMessageContaining("is over; what waits for it must be submitted again");
  }

  @Test
  void the_agent_gets_the_meter_and_the_link_of_the_engine() {
    Attempt attempt = call();
    Assignment approved = attempt.assignment();
    assertThat(attempt.metered(approved)).isSameAs(approved);

    Assignment own =
        new Assignment(
            approved.task(), approved.agent(), 1, approved.specDigest(), approved.timeLimit());
    Assignment mended = attempt.metered(own);

    assertThat(mended.meter()).isSameAs(approved.meter());
    assertThat(mended.link()).isSameAs(attempt);
    assertThat(attempt.metered(approved.withMeter(own.meter())).meter()).isSameAs(approved.meter());
    assertThat(attempt.metered(approved.withLink(own.link())).link()).isSameAs(attempt);
  }

  /* The slot. */

  @Test
  void an_agent_is_called_once() {
    Attempt attempt = call();

    assertThat(attempt.begin(Thread.currentThread())).isTrue();
    assertThat(attempt.isCalledBy(Thread.currentThread())).isTrue();
    assertThat(attempt.begin(Thread.currentThread())).isFalse();
    attempt.returned(new CompletableFuture<>());
    assertThat(attempt.isCalledBy(Thread.currentThread())).isFalse();
    assertThat(attempt.over()).isTrue();
    assertThat(attempt.over()).as("it ended before").isFalse();
  }

  @Test
  void the_slot_of_a_call_that_has_not_begun_goes_to_the_next() {
    Attempt attempt = call();
    TaskRun other = parts.routed(Task.builder("fix").id("T-2"), TaskState.ROUTED, "ada");
    Slots.Seat next = parts.seat(other, "ada");
    assertThat(next.state()).isEqualTo(Slots.Seat.State.WAITING);

    assertThat(attempt.abandon()).isSameAs(next);

    assertThat(next.state()).isEqualTo(Slots.Seat.State.HELD);
    assertThat(attempt.abandon()).as("it is given back once").isNull();
    assertThat(attempt.begin(Thread.currentThread())).isFalse();
    assertThat(attempt.outlives()).isFalse();
    assertThat(attempt.reportIfOver()).isNull();
  }

  @Test
  void a_call_that_outlives_its_attempt_holds_its_slot_until_it_returns() {
    Attempt attempt = call();
    assertThat(attempt.begin(Thread.currentThread())).isTrue();

    assertThat(attempt.abandon()).isNull();

    assertThat(Thread.interrupted()).as("the agent was interrupted").isTrue();
    assertThat(attempt.outlives()).isTrue();
    assertThat(active(attempt)).isEqualTo(1);
    assertThat(attempt.seat().slots().abandoned()).isEqualTo(1);
    assertThat(parts.pipeline.allAnswered()).as("this thread calls it").isTrue();
    CompletableFuture<WorkReport> late = new CompletableFuture<>();
    attempt.returned(late);
    assertThat(late).as("nobody waits for it").isCancelled();
    assertThat(attempt.over()).isTrue();
    assertThat(attempt.outlives()).isFalse();
    assertThat(attempt.seat().slots().abandoned()).isZero();
  }

  @Test
  void a_method_that_was_interrupted_is_waited_for_until_it_returns() throws Exception {
    Attempt attempt = call();
    Thread thread = new Thread(() -> {});
    assertThat(attempt.begin(thread)).isTrue();
    assertThat(attempt.abandon()).isNull();
    assertThat(parts.pipeline.allAnswered()).isFalse();

    attempt.returned(new CompletableFuture<>());

    assertThat(parts.pipeline.allAnswered()).isTrue();
  }

  @Test
  void a_report_to_come_is_cancelled_with_its_attempt() {
    Attempt attempt = call();
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    assertThat(attempt.begin(Thread.currentThread())).isTrue();
    attempt.returned(report);
    assertThat(report).isNotDone();

    assertThat(attempt.abandon()).isNull();

    assertThat(report).isCancelled();
    assertThat(Thread.interrupted()).as("no thread is in its method").isFalse();
    assertThat(attempt.outlives()).isTrue();
  }

  @Test
  void a_call_that_does_not_return_hangs_once() {
    Attempt attempt = call();
    TaskRun other = parts.routed(Task.builder("fix").id("T-2"), TaskState.ROUTED, "ada");
    Slots.Seat next = parts.seat(other, "ada");
    assertThat(attempt.begin(new Thread(() -> {}))).isTrue();
    assertThat(attempt.abandon()).isNull();

    assertThat(attempt.hang()).containsExactly(next);

    assertThat(next.state()).isEqualTo(Slots.Seat.State.GONE);
    assertThat(attempt.seat().slots().isStuck()).isTrue();
    assertThat(attempt.hang()).isEmpty();
    assertThat(attempt.over()).isTrue();
    assertThat(attempt.seat().slots().isStuck()).isFalse();
    assertThat(attempt.hang()).as("it has returned").isEmpty();
    assertThat(attempt.seat().slots().isStuck()).isFalse();
  }

  @Test
  void the_patience_with_a_call_is_for_that_call() {
    Attempt attempt = call();

    assertThat(new Attempt.Patience(attempt).attempt()).isSameAs(attempt);
    assertThat(attempt.ofRun().attempt()).isSameAs(attempt);
    assertThat(Objects.requireNonNull(attempt.seat()).agent().id()).isEqualTo("ada");
    assertThat(attempt.isOver()).isFalse();
    attempt.ofRun().close();
    assertThat(attempt.isOver()).as("its run has ended").isTrue();
  }
}
