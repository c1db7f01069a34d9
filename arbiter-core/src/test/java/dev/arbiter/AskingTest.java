/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Store;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An agent asks within its call, or leaves with a question, or has used up what it may. */
class AskingTest {
  private static final Question WHICH = Question.of("Which branch?").within(Duration.ofHours(1));

  private final WaitingWorld world = new WaitingWorld();
  private final List<Outcome> learned = new ArrayList<>();
  private final EngineParts parts =
      new EngineParts(
              world,
              world
                  .arbiter()
                  .router(new Choice())
                  .fallbacks(0)
                  .tenantBudget("acme", TenantBudget.per(Duration.ofDays(1), TaskBudget.ofCost(5))))
          .agents("ada", "bob");
  private final Asking asking = parts.asking;

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
    return Task.builder("fix").id("T-1");
  }

  private TaskRun working(Task.Builder task) {
    TaskRun run = parts.routed(task, TaskState.EXECUTING, "ada");
    assertThat(parts.line.enter(run)).isTrue();
    Attempt unused = parts.call(run);
    run.await(Waits.AGENT);
    return run;
  }

  private TaskRun working() {
    return working(task());
  }

  /* Two agents work at once; the run looks at that of bob. */
  private TaskRun two(AtLimit atLimit) {
    TaskRun run = working(task().bestOf(2).budget(TaskBudget.ofCost(5).atLimit(atLimit)));
    Attempt unused = parts.join(run, "bob");
    assertThat(run.means().calls()).isZero();
    return run;
  }

  private static Attempt attempt(TaskRun run) {
    return Objects.requireNonNull(run.attempt());
  }

  private News.Asked asks(TaskRun run, Point point, Question question) {
    News.Asked news = new News.Asked(attempt(run), point, question);
    run.asking(news);
    return news;
  }

  private void decide(TaskRun run, Answer answer) {
    ApprovalRequest request = Objects.requireNonNull(run.request());
    run.means()
        .add(new Approval(request.id(), request.point(), request.digest(), answer, world.now()));
  }

  private static TaskResult.Failed failed(Move move) {
    return (TaskResult.Failed) ((Ended) move).result();
  }

  private void spendAllOfTheTenant() {
    Ledger.Tab tab = Objects.requireNonNull(parts.ledger.tab("acme"));
    assertThat(tab.count(Usage.cost(5), Duration.ZERO, Store.Level.BUFFERED)).isNotNull();
  }

  private void passes(TaskRun run) {
    run.passed(
        new TaskRun.Passed(
            Pipeline.assignment(run, Duration.ofSeconds(1), AgentLink.none()),
            new Verdict.Approved(List.of(), .5, Seal.none())));
  }

  private void learnedNothingOf(String... agents) {
    assertThat(learned).allMatch(outcome -> outcome.kind() == Outcome.Kind.INFRASTRUCTURE);
    assertThat(learned)
        .extracting(outcome -> outcome.decision().agent())
        .containsExactlyInAnyOrder(agents);
  }

  /* A question within a call. */

  @Test
  void a_run_whose_agent_asks_gives_its_place_away_and_keeps_what_was_used() {
    TaskRun run = working();
    News.Asked news = asks(run, Point.INPUT, WHICH);
    attempt(run).assignment().meter().add(Usage.cost(2));

    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);

    assertThat(run.state()).isEqualTo(TaskState.WAITING);
    assertThat(run.reason())
        .isInstanceOfSatisfying(
            WaitReason.Input.class, input -> assertThat(input.withinCall()).isTrue());
    assertThat(run.hasPlace()).isFalse();
    assertThat(run.used()).isEqualTo(Usage.cost(2));
    assertThat(parts.open.open()).singleElement().matches(open -> open.question().equals(WHICH));
    assertThat(news.answer).isNotDone();
    assertThat(parts.batches).isNotEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"BUDGET", "TENANT_BUDGET"})
  void a_question_about_means_is_a_wait_for_a_budget(Point point) {
    TaskRun run = working();
    News.Asked unused = asks(run, point, WHICH);

    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);

    assertThat(run.reason()).isInstanceOf(WaitReason.Budget.class);
    assertThat(Objects.requireNonNull(run.reason()).withinCall()).isTrue();
  }

  @Test
  void a_question_that_was_answered_before_has_its_answer() {
    TaskRun run = working();
    News.Asked first = asks(run, Point.INPUT, WHICH);
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);
    decide(run, Answer.reply("eve", "main"));
    assertThat(asking.calling(run, attempt(run))).isEqualTo(Waits.AGENT);
    assertThat(first.answer.join().answer().text()).isEqualTo("main");
    News.Asked again = asks(run, Point.INPUT, WHICH);

    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);

    assertThat(again.answer.join().answer().text()).isEqualTo("main");
    assertThat(run.asking()).isNull();
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
  }

  @Test
  void a_question_that_is_gone_is_not_asked() {
    TaskRun run = working();
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);
    News.Asked unused = asks(run, Point.INPUT, WHICH);
    run.noAttempt();
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);

    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
    assertThat(parts.open.open()).isEmpty();
  }

  @Test
  void a_task_has_no_more_than_a_thousand_decisions() {
    TaskRun run = working();
    for (int i = 0; i < 1_000; i++) {
      run.means()
          .add(
              new Approval(
                  "r-" + i, Point.INPUT, "sha256:0", Answer.reply("eve", "yes"), world.now()));
    }
    News.Asked news = asks(run, Point.INPUT, WHICH);

    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);

    assertThatThrownBy(news.answer::join)
        .hasMessageContaining("agent 'ada' asks again after 1,000 decisions about task 'T-1'");
    assertThat(run.asking()).isNull();
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
    News.Asked ofBudget = asks(run, Point.BUDGET, WHICH);
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);
    assertThat(ofBudget.answer).as("money is asked for").isNotDone();
  }

  /* The answer. */

  @Test
  void an_agent_that_waits_is_not_late_and_goes_on_with_its_answer() {
    TaskRun run = working();
    News.Asked news = asks(run, Point.INPUT, WHICH);
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);
    assertThat(asking.calling(run, attempt(run))).isEqualTo(Waits.AGENT);
    assertThat(run.wakesAfter(parts.now())).as("its question expires").isTrue();
    world.time.advance(Duration.ofSeconds(9));
    decide(run, Answer.reply("eve", "main"));

    assertThat(asking.calling(run, attempt(run))).isEqualTo(Waits.AGENT);

    assertThat(news.answer.join().answer().text()).isEqualTo("main");
    assertThat(attempt(run).paused()).isEqualTo(Duration.ofSeconds(9).toNanos());
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
    assertThat(parts.last()).isInstanceOf(TaskEvent.Resumed.class);
    assertThat(run.asking()).isNull();
    assertThat(parts.open.open()).isEmpty();
  }

  @Test
  void more_money_is_for_the_call_that_runs() {
    TaskRun run = working(task().budget(TaskBudget.none().withTime(Duration.ofSeconds(5))));
    News.Asked news = asks(run, Point.BUDGET, WHICH);
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);
    decide(run, Answer.raise("eve", TaskBudget.none().withTime(Duration.ofSeconds(50))));

    assertThat(asking.calling(run, attempt(run))).isEqualTo(Waits.AGENT);

    assertThat(attempt(run).longest()).isEqualTo(Duration.ofSeconds(50).toNanos());
    assertThat(news.answer).isCompleted();
  }

  @Test
  void an_agent_that_is_denied_more_is_stopped() {
    TaskRun run = working();
    Attempt attempt = attempt(run);
    News.Asked news = asks(run, Point.BUDGET, WHICH);
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);
    decide(run, Answer.deny("eve", "too dear"));

    TaskResult.Failed failed = failed(asking.calling(run, attempt));

    assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    assertThat(failed.message()).isEqualTo("Which branch? Denied by eve.");
    assertThat(attempt.isAbandoned()).isTrue();
    assertThat(news.answer.join().isDenial()).isTrue();
  }

  @Test
  void an_answer_that_is_no_is_an_answer() {
    TaskRun run = working();
    News.Asked news = asks(run, Point.INPUT, WHICH);
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);
    decide(run, Answer.deny("eve", "no"));

    assertThat(asking.calling(run, attempt(run))).isEqualTo(Waits.AGENT);

    assertThat(news.answer.join().isDenial()).isTrue();
  }

  @Test
  void a_call_that_has_ended_is_read_and_one_that_was_cancelled_ends() {
    TaskRun run = working();
    assertThat(asking.calling(run, attempt(run))).isEqualTo(Waits.AGENT);
    parts.report(attempt(run), WorkReport.of("done"));
    assertThat(asking.calling(run, attempt(run))).isEqualTo(Stage.REPORT);

    Attempt attempt = attempt(run);
    run.await(Waits.STORE);
    assertThat(run.cancel("enough")).isTrue();

    assertThat(((Ended) asking.calling(run, attempt)).result())
        .isInstanceOf(TaskResult.Cancelled.class);
  }

  /* Nobody answers. */

  private TaskRun waits(Point point, String... audiences) {
    TaskRun run = working(task().tenant("acme"));
    News.Asked unused = asks(run, point, WHICH.to(audiences));
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);
    assertThat(parts.open.open()).hasSize(1);
    world.time.advance(Duration.ofHours(1));
    return run;
  }

  @Test
  void the_next_audience_is_asked_while_the_agent_waits() {
    TaskRun run = waits(Point.INPUT, "team", "boss");

    assertThat(asking.askNext(run)).isEqualTo(Stage.CALL);

    assertThat(parts.open.open()).singleElement().matches(open -> open.audience().equals("boss"));
    assertThat(run.state()).isEqualTo(TaskState.WAITING);
    assertThat(run.asking()).isNotNull();
  }

  @Test
  void an_agent_hears_that_nobody_has_answered() {
    TaskRun run = waits(Point.INPUT);
    News.Asked news = Objects.requireNonNull(run.asking());

    assertThat(asking.askNext(run)).isEqualTo(Stage.CALL);

    assertThatThrownBy(news.answer::join).hasMessageContaining("nobody decided request");
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
    assertThat(attempt(run).isWorking()).isTrue();
    assertThat(attempt(run).paused()).isEqualTo(Duration.ofHours(1).toNanos());
    assertThat(run.asking()).isNull();
    assertThat(parts.open.open()).isEmpty();
  }

  @Test
  void an_agent_that_nobody_gives_more_is_stopped() {
    TaskRun run = waits(Point.BUDGET);
    Attempt attempt = attempt(run);

    TaskResult.Failed failed = failed(asking.askNext(run));

    assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    assertThat(failed.message()).startsWith("nobody decided request");
    assertThat(attempt.isAbandoned()).isTrue();
  }

  @Test
  void an_agent_goes_on_when_its_tenant_has_means_again() {
    TaskRun run = waits(Point.TENANT_BUDGET);
    News.Asked news = Objects.requireNonNull(run.asking());
    assertThat(asking.calling(run, attempt(run))).isEqualTo(Stage.ASK_NEXT);

    assertThat(asking.askNext(run)).isEqualTo(Stage.CALL);

    assertThatThrownBy(news.answer::join).hasCauseInstanceOf(News.LimitPassed.class);
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
    assertThat(run.asking()).isNull();
  }

  @Test
  void an_agent_of_a_tenant_without_means_waits_until_its_question_expires() {
    spendAllOfTheTenant();
    TaskRun run = working(task().tenant("acme"));
    News.Asked news = asks(run, Point.TENANT_BUDGET, WHICH);
    assertThat(asking.ask(run)).isEqualTo(Stage.CALL);

    assertThat(asking.askNext(run)).isEqualTo(Stage.CALL);
    assertThat(asking.calling(run, attempt(run))).isEqualTo(Waits.AGENT);
    assertThat(run.state()).isEqualTo(TaskState.WAITING);
    assertThat(news.answer).isNotDone();

    world.time.advance(Duration.ofHours(1));
    assertThat(asking.askNext(run)).as("the period has ended").isEqualTo(Stage.CALL);
    assertThatThrownBy(news.answer::join).hasCauseInstanceOf(News.LimitPassed.class);
  }

  @Test
  void where_nobody_asks_nobody_is_asked_next() {
    TaskRun run = working();
    assertThat(asking.askNext(run)).isEqualTo(Stage.CALL);
    run.noAttempt();
    assertThat(asking.askNext(run)).isEqualTo(Stage.CALL);
    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
  }

  /* An agent leaves with a question. */

  private static WorkReport.Pending pending() {
    return new WorkReport.Pending(WHICH, "token");
  }

  @Test
  void an_agent_that_leaves_is_called_again_with_its_token() {
    TaskRun run = working();
    run.noAttempt();
    run.used(Usage.cost(2));

    assertThat(asking.leftWaiting(run, pending())).isEqualTo(Stage.HOLD);

    assertThat(run.reason())
        .isInstanceOfSatisfying(
            WaitReason.Input.class,
            input -> {
              assertThat(input.resumeToken()).isEqualTo("token");
              assertThat(input.withinCall()).isFalse();
              assertThat(input.asked().question()).isEqualTo(WHICH);
            });
    assertThat(run.means().resumeToken()).isEqualTo("token");
    assertThat(run.means().isBegun()).isTrue();
    assertThat(run.means().carried()).isEqualTo(Usage.cost(2));
    assertThat(run.means().retries()).as("it is no retry").isZero();
  }

  @Test
  void an_agent_does_not_leave_for_ever() {
    TaskRun run = working(task().budget(TaskBudget.ofCost(5)));
    run.noAttempt();
    for (int i = 0; i < 99; i++) {
      run.countCall();
    }
    assertThat(asking.leftWaiting(run, pending())).isEqualTo(Stage.HOLD);
    run.countCall();

    TaskResult.Failed failed = failed(asking.leftWaiting(run, pending()));

    assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_ERROR);
    assertThat(failed.message())
        .contains("agent 'ada' asks again after 100 calls; a task that asks may call agents 100");
  }

  @Test
  void an_agent_that_leaves_while_others_work_has_ended() {
    TaskRun run = two(AtLimit.STOP);
    run.noAttempt();

    assertThat(asking.leftWaiting(run, pending())).isEqualTo(Waits.AGENT);

    assertThat(run.agent()).isEqualTo("ada");
    assertThat(parts.last())
        .isInstanceOfSatisfying(
            TaskEvent.AttemptEnded.class,
            ended -> {
              assertThat(ended.failure().cause()).isEqualTo(FailureCause.SUPERSEDED);
              assertThat(ended.failure().message())
                  .isEqualTo("agent 'bob' left with a question while others work at the task");
            });
    learnedNothingOf("bob");
  }

  /* The time of the budget is over. */

  @ParameterizedTest
  @EnumSource(AtLimit.class)
  void an_agent_that_was_interrupted_for_time_ends_its_task_or_a_person_is_asked(AtLimit atLimit) {
    TaskRun run = working(task().budget(TaskBudget.ofCost(5).atLimit(atLimit)));
    run.noAttempt();

    Move move = asking.outOfTime(run);

    String why =
        "agent 'ada' was interrupted: task 'T-1' has used up the working time of its budget";
    if (atLimit == AtLimit.ASK) {
      assertThat(move).isEqualTo(Stage.ROUTE);
      assertThat(Objects.requireNonNull(run.failure()).message()).isEqualTo(why);
      assertThat(run.attempts()).as("it may try again").isZero();
      learnedNothingOf("ada");
    } else {
      assertThat(failed(move).cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed(move).message()).isEqualTo(why);
    }
  }

  @ParameterizedTest
  @EnumSource(AtLimit.class)
  void all_agents_stop_when_their_common_time_is_over(AtLimit atLimit) {
    TaskRun run = two(atLimit);
    run.noAttempt();

    assertThat(asking.outOfTime(run))
        .isEqualTo(atLimit == AtLimit.ASK ? Stage.ASK_FOR_MORE : Stage.OVERSPENT);

    assertThat(run.overspent()).contains("agent 'bob' was interrupted");
    assertThat(run.hasOthers()).isTrue();
  }

  @Test
  void one_that_is_out_of_time_leaves_the_work_of_another() {
    TaskRun run = two(AtLimit.STOP);
    assertThat(run.lookAt(1)).isTrue();
    run.noAttempt();
    run.report(WorkReport.of("of ada"), 5);
    assertThat(run.lookAt(2)).isTrue();
    run.noAttempt();

    assertThat(asking.outOfTime(run)).isEqualTo(Stage.KEEP_REPORT);

    assertThat(run.report().output()).isEqualTo("of ada");
    learnedNothingOf("bob");
  }

  /* Several agents worked. */

  @Test
  void a_person_is_asked_for_more_when_all_agents_have_stopped() {
    TaskRun run = two(AtLimit.ASK);
    Attempt bob = attempt(run);
    assertThat(run.lookAt(1)).isTrue();
    Attempt ada = attempt(run);
    run.overspent("spent");

    assertThat(asking.askForMore(run)).isEqualTo(Stage.ROUTE);

    assertThat(List.of(ada, bob)).allMatch(Attempt::isAbandoned);
    assertThat(Objects.requireNonNull(run.failure()).message()).isEqualTo("spent");
    assertThat(Objects.requireNonNull(run.failure()).cause()).isEqualTo(FailureCause.BUDGET);
    assertThat(run.attempts()).isZero();
    learnedNothingOf("ada", "bob");
  }

  @Test
  void nobody_is_asked_for_more_where_work_has_passed() {
    TaskRun run = two(AtLimit.ASK);
    assertThat(run.lookAt(1)).isTrue();
    run.noAttempt();
    run.report(WorkReport.of("of ada"), 5);
    passes(run);
    assertThat(run.lookAt(2)).isTrue();
    Attempt bob = attempt(run);
    run.overspent("spent");

    assertThat(failed(asking.askForMore(run)).message()).isEqualTo("spent");

    assertThat(bob.isAbandoned()).isTrue();
    assertThat(run.failure()).isNull();
  }
}
