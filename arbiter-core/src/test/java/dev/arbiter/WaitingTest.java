/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a run waits for outside, what ends the wait, and where the run goes on. */
class WaitingTest {
  private static final Instant NOON = Instant.parse("2046-06-01T12:00:00Z");
  private static final long SECOND = 1_000_000_000L;

  private final WaitingWorld world = new WaitingWorld();
  private Instant wall = NOON;
  private long nanos = 1_000;
  private final EngineParts parts =
      new EngineParts(
              world,
              world
                  .arbiter()
                  .sources(new Sources(() -> wall, () -> nanos, new SplittableRandom(1)))
                  .tenantBudget("acme", TenantBudget.per(Duration.ofDays(1), TaskBudget.ofCost(5))))
          .agents("ada", "bob");
  private final Waiting waiting = parts.waiting;

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1").tenant("acme").budget(TaskBudget.ofCost(9));
  }

  private TaskRun run() {
    return parts.routed(task(), TaskState.EXECUTING, "ada");
  }

  private void pass(Duration time) {
    wall = wall.plus(time);
    nanos += time.toNanos();
  }

  private ApprovalRequest request(TaskRun run, Point point) {
    return waiting.request(
        run, point, Question.of("May it?").within(Duration.ofHours(1)), List.of());
  }

  private WaitReason reason(TaskRun run, Point point) {
    ApprovalRequest request = request(run, point);
    return switch (point) {
      case BUDGET, TENANT_BUDGET -> new WaitReason.Budget(request, false);
      case INPUT -> new WaitReason.Input(request, "", false);
      default -> new WaitReason.Approval(request);
    };
  }

  /* A run that waits for this, as the store has kept it. */
  private TaskRun waits(WaitReason reason) {
    TaskRun run = run();
    waits(run, reason);
    return run;
  }

  private void waits(TaskRun run, WaitReason reason) {
    waiting.begin(run, reason);
    run.untold(null);
    run.await(Waits.OUTSIDE);
  }

  private void decide(TaskRun run, Answer answer) {
    ApprovalRequest request = Objects.requireNonNull(run.request());
    run.means().add(new Approval(request.id(), request.point(), request.digest(), answer, wall));
  }

  private static TaskResult result(Move move) {
    return ((Ended) move).result();
  }

  /* Requests. */

  @Test
  void an_answer_is_for_the_agent_that_asked() {
    TaskRun ada = parts.routed(task(), TaskState.EXECUTING, "ada");
    TaskRun bob = parts.routed(task(), TaskState.EXECUTING, "bob");

    assertThat(request(ada, Point.INPUT).id()).isNotEqualTo(request(bob, Point.INPUT).id());
    assertThat(request(ada, Point.INPUT).agent()).isEqualTo("ada");
    assertThat(request(ada, Point.INPUT).attempt()).isEqualTo(1);
    assertThat(request(ada, Point.BUDGET).digest()).isEqualTo(request(bob, Point.BUDGET).digest());
  }

  @Test
  void each_question_about_the_means_of_a_tenant_is_another() {
    TaskRun run = run();
    String first = request(run, Point.TENANT_BUDGET).id();
    String own = request(run, Point.BUDGET).id();
    run.waitsFor(reason(run, Point.TENANT_BUDGET));

    decide(run, Answer.approve("eve"));

    assertThat(request(run, Point.TENANT_BUDGET).id()).isNotEqualTo(first);
    assertThat(request(run, Point.BUDGET).id()).isEqualTo(own);
  }

  @Test
  void a_question_about_the_beginning_is_of_no_attempt() {
    ApprovalRequest request = request(run(), Point.START);

    assertThat(request.attempt()).isZero();
    assertThat(request.agent()).isEmpty();
    assertThat(request.askedAt()).isEqualTo(NOON);
    ApprovalRequest start = waiting.start(task().build(), Question.of("May it?"), "sha256:1");
    assertThat(start.point()).isEqualTo(Point.START);
    assertThat(start.askedAt()).isEqualTo(NOON);
  }

  @Test
  void a_question_about_work_is_bound_to_that_work() {
    TaskRun run = run();
    Question question = Question.of("Is it good?");

    ApprovalRequest request = waiting.result(run, question, WorkReport.of("one"));

    assertThat(request.point()).isEqualTo(Point.RESULT);
    assertThat(request.agent()).isEqualTo("ada");
    assertThat(request.question().shown()).contains("one");
    assertThat(waiting.result(run, question, WorkReport.of("one"))).isEqualTo(request);
    assertThat(waiting.result(run, question, WorkReport.of("two")).id()).isNotEqualTo(request.id());
  }

  /* The beginning of a wait. */

  @Test
  void a_wait_begins_with_its_reason_in_both_clocks() {
    TaskRun run = run();
    WaitReason reason = new WaitReason.NotBefore(NOON.plusSeconds(60));
    assertThat(Waiting.hold(run, reason)).isEqualTo(Stage.HOLD);
    assertThat(run.reason()).isEqualTo(reason);

    waiting.begin(run, reason);
    pass(Duration.ofSeconds(3));

    assertThat(run.state()).isEqualTo(TaskState.WAITING);
    assertThat(run.means().waited(nanos)).isEqualTo(3 * SECOND);
    assertThat(run.means().kept().since()).isEqualTo(NOON);
    assertThat(run.untold())
        .isInstanceOfSatisfying(
            TaskEvent.Waiting.class, told -> assertThat(told.reason()).isEqualTo(reason));
  }

  @Test
  void a_parked_run_is_listed_and_woken_when_its_request_expires() {
    TaskRun run = run();
    waits(run, reason(run, Point.RESULT));

    assertThat(waiting.parked(run)).isEqualTo(Waits.OUTSIDE);

    assertThat(parts.open.open()).containsExactly(request(run, Point.RESULT));
    long hour = Duration.ofHours(1).toNanos();
    assertThat(run.isToWake(nanos + hour - 1)).isFalse();
    assertThat(run.isToWake(nanos + hour)).isTrue();
    assertThat(parts.timers.due(nanos + hour)).singleElement().matches(t -> t.ofRun() == run);
  }

  @Test
  void a_request_is_listed_once_while_its_run_waits_without_a_decision() {
    TaskRun run = run();
    ApprovalRequest request = request(run, Point.RESULT);
    run.waitsFor(new WaitReason.Approval(request));
    waiting.list(run);
    assertThat(parts.open.open()).as("it does not wait yet").isEmpty();
    run.state(TaskState.WAITING);
    waiting.list(run);
    assertThat(parts.open.open()).containsExactly(request);
    parts.open.remove(run);
    waiting.list(run);
    assertThat(parts.open.open()).as("it was listed before").isEmpty();

    run.unlisted();
    decide(run, Answer.approve("eve"));
    waiting.list(run);
    assertThat(parts.open.open()).as("it is decided").isEmpty();
  }

  @Test
  void a_wait_whose_time_is_over_wakes_at_once() {
    TaskRun run = waits(new WaitReason.NotBefore(NOON.minusSeconds(1)));

    assertThat(waiting.parked(run)).isEqualTo(Waits.OUTSIDE);

    assertThat(run.isToWake(nanos)).isTrue();
    assertThat(run.isToWake(nanos - 1)).isFalse();
  }

  @Test
  void a_wait_without_an_end_wakes_in_a_far_future() {
    TaskRun limited = waits(new WaitReason.Quota("zoe", Instant.MAX));
    TaskRun unknown = waits(new WaitReason.UnknownEffect("ada", 1));

    waiting.listen(limited, null);
    waiting.listen(unknown, null);

    assertThat(limited.wakesAfter(nanos + Duration.ofDays(9_999).toNanos())).isTrue();
    assertThat(unknown.takeWake()).isNull();
  }

  /* The clock by which a timer was set may stand still, as when the machine sleeps. */

  @Test
  void a_wall_clock_that_went_ahead_wakes_sooner() {
    TaskRun run = waits(new WaitReason.NotBefore(NOON.plusSeconds(60)));
    waiting.listen(run, null);
    wall = NOON.plusSeconds(50);

    waiting.clockMoved(run);

    assertThat(run.isToWake(nanos + 10 * SECOND)).isTrue();
    assertThat(run.isToWake(nanos + 10 * SECOND - 1)).isFalse();
    assertThat(parts.timers.due(nanos + 60 * SECOND)).as("there is one timer").hasSize(1);
  }

  @Test
  void a_wall_clock_that_did_not_go_ahead_sets_no_timer_anew() {
    TaskRun run = waits(new WaitReason.NotBefore(NOON.plusSeconds(60)));
    waiting.clockMoved(run);
    assertThat(run.takeWake()).as("nothing was set").isNull();
    waiting.listen(run, null);
    Timers.Timer timer = parts.timers.due(nanos + 60 * SECOND).get(0);

    waiting.clockMoved(run);
    wall = NOON.minusSeconds(50);
    waiting.clockMoved(run);

    assertThat(run.takeWake()).isSameAs(timer);
  }

  /* The end of a wait. */

  @Test
  void the_end_of_a_wait_gives_all_back_and_counts_it() {
    TaskRun run = run();
    waits(run, reason(run, Point.TENANT_BUDGET));
    waiting.listen(run, run.request());
    assertThat(parts.open.open()).hasSize(1);
    assertThat(waiting.waitingFor("acme")).containsExactly(run);
    pass(Duration.ofSeconds(7));

    assertThat(waiting.end(run)).isEqualTo(7 * SECOND);

    assertThat(parts.open.open()).isEmpty();
    assertThat(waiting.waitingFor("acme")).isEmpty();
    assertThat(run.takeWake()).isNull();
    assertThat(parts.timers.due(Long.MAX_VALUE / 8)).isEmpty();
    assertThat(waiting.end(run)).as("it has ended").isZero();
  }

  @Test
  void runs_that_wait_for_agents_and_for_tenants_are_apart() {
    TaskRun agent = waits(new WaitReason.Quota("zoe", NOON.plusSeconds(60)));
    TaskRun tenant = waits(new WaitReason.Quota("", NOON.plusSeconds(60)));
    TaskRun other = parts.routed(task().tenant("other"), TaskState.EXECUTING, "ada");
    waits(other, new WaitReason.Quota("", NOON.plusSeconds(60)));
    TaskRun neither = waits(new WaitReason.NotBefore(NOON.plusSeconds(60)));
    for (TaskRun run : List.of(agent, tenant, other, neither)) {
      waiting.listen(run, null);
    }

    assertThat(waiting.waitingForAgents()).containsExactly(agent);
    assertThat(waiting.waitingFor("acme")).containsExactly(tenant);
    assertThat(waiting.waitingFor("other")).containsExactly(other);
    agent.close();
    assertThat(waiting.waitingForAgents()).as("it has ended").isEmpty();
  }

  @Test
  void a_run_whose_agent_takes_work_again_does_not_wait() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    waits(run, new WaitReason.Quota("ada", NOON.plusSeconds(60)));

    assertThat(waiting.parked(run)).isEqualTo(Stage.ENTER);

    assertThat(run.onPlace()).isEqualTo(Stage.ROUTE);
    assertThat(run.means().kept().since()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void a_run_whose_agents_are_all_away_waits() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    parts.registry.limit("ada", NOON.plusSeconds(60));
    parts.registry.limit("bob", NOON.plusSeconds(60));
    waits(run, new WaitReason.Quota("ada", NOON.plusSeconds(60)));

    assertThat(waiting.parked(run)).isEqualTo(Waits.OUTSIDE);
    assertThat(waiting.waitingForAgents()).containsExactly(run);
  }

  /** Of a limit that a process before has met, only its end is known. */
  @Test
  void a_run_of_a_process_before_waits_for_the_end_of_the_limit() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    run.restored(1);
    waits(run, new WaitReason.Quota("ada", NOON.plusSeconds(60)));

    assertThat(waiting.parked(run)).isEqualTo(Waits.OUTSIDE);
  }

  @Test
  void a_run_whose_tenant_has_nothing_left_waits_until_it_has() {
    Ledger.Tab tab = Objects.requireNonNull(parts.ledger.tab("acme"));
    assertThat(tab.count(Usage.cost(5), Duration.ZERO, Store.Level.BUFFERED)).isNotNull();
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    waits(run, new WaitReason.Quota("", NOON.plusSeconds(60)));
    assertThat(waiting.parked(run)).isEqualTo(Waits.OUTSIDE);

    pass(Duration.ofDays(1));

    assertThat(waiting.parked(run)).isEqualTo(Stage.ENTER);
  }

  /* Decisions. */

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"START", "RESULT", "INPUT", "BUDGET"})
  void a_run_goes_on_with_a_decision_where_it_waited(Point point) {
    TaskRun run = run();
    waits(run, reason(run, point));
    waiting.list(run);
    decide(run, Answer.approve("eve"));

    assertThat(waiting.parked(run)).isEqualTo(Stage.ENTER);

    assertThat(run.onPlace())
        .isEqualTo(
            switch (point) {
              case START -> Stage.ADMIT;
              case RESULT -> Stage.JUDGE;
              case INPUT -> Stage.SEAT_AGAIN;
              default -> Stage.ROUTE;
            });
    assertThat(parts.open.open()).isEmpty();
  }

  @Test
  void a_task_whose_beginning_is_denied_is_rejected() {
    TaskRun run = run();
    waits(run, reason(run, Point.START));
    decide(run, Answer.deny("eve", "not now"));

    TaskResult.Rejected rejected = (TaskResult.Rejected) result(waiting.parked(run));

    assertThat(rejected.findings())
        .containsExactly(Finding.error("arbiter.approval.denied", "", "denied by 'eve': not now"));
    assertThat(run.means().kept().since()).as("the wait is over").isEqualTo(Instant.EPOCH);
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"BUDGET", "TENANT_BUDGET"})
  void a_task_that_is_denied_more_fails(Point point) {
    TaskRun run = run();
    waits(run, reason(run, point));
    decide(run, Answer.deny("eve", "too dear"));

    TaskResult.Failed failed = (TaskResult.Failed) result(waiting.parked(run));

    assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    assertThat(failed.message()).isEqualTo("May it? Denied by eve.");
    assertThat(run.means().kept().since()).isEqualTo(Instant.EPOCH);
  }

  /** The denial is in the verdict then. */
  @Test
  void work_that_is_denied_is_judged() {
    TaskRun run = run();
    waits(run, reason(run, Point.RESULT));
    decide(run, Answer.deny("eve", "bad"));

    assertThat(waiting.parked(run)).isEqualTo(Stage.ENTER);
    assertThat(run.onPlace()).isEqualTo(Stage.JUDGE);
  }

  @Test
  void a_tenant_that_is_given_more_has_more() {
    TaskRun run = run();
    Ledger.Tab tab = Objects.requireNonNull(parts.ledger.tab("acme"));
    Ledger.Full full =
        Objects.requireNonNull(tab.count(Usage.cost(5), Duration.ZERO, Store.Level.BUFFERED));
    ApprovalRequest request =
        waiting.request(run, Point.TENANT_BUDGET, CallPermits.question(full, wall), List.of());
    waits(run, new WaitReason.Budget(request, false));
    assertThat(waiting.parked(run)).isEqualTo(Waits.OUTSIDE);
    decide(run, Answer.raise("eve", TaskBudget.ofCost(7)));

    assertThat(waiting.parked(run)).isEqualTo(Stage.ENTER);

    assertThat(parts.ledger.full("acme")).isNull();
  }

  @Test
  void a_decision_is_told_to_who_made_it_when_it_is_kept() {
    TaskRun run = run();
    waits(run, reason(run, Point.RESULT));
    ApprovalRequest request = Objects.requireNonNull(run.request());
    Approval approval =
        new Approval(request.id(), request.point(), request.digest(), Answer.approve("eve"), wall);
    News.Decided news = new News.Decided(approval, new CompletableFuture<>());

    waiting.keep(run, news);
    assertThat(run.means().of(request.id())).isEqualTo(approval);
    assertThat(run.deciding()).isSameAs(news);
    assertThat(news.kept).isNotDone();
    assertThat(run.untold()).isInstanceOf(TaskEvent.Decided.class);

    waiting.kept(run);
    assertThat(news.kept).isCompletedWithValue(approval);
    assertThat(run.deciding()).isNull();
    waiting.kept(run);
    assertThat(run.deciding()).isNull();
  }

  /* Where it goes on. */

  private static Stream<Arguments> ways() {
    List<Arguments> all = new ArrayList<>();
    for (boolean begun : new boolean[] {false, true}) {
      Stage means = begun ? Stage.SEAT_AGAIN : Stage.ROUTE;
      all.add(Arguments.of(new WaitReason.Quota("", NOON), begun, means));
      all.add(Arguments.of(new WaitReason.Quota("ada", NOON), begun, Stage.ROUTE));
      all.add(Arguments.of(new WaitReason.NotBefore(NOON), begun, Stage.ADMIT));
      all.add(Arguments.of(new WaitReason.Retry("ada", 1, NOON), begun, Stage.SEAT_AGAIN));
      all.add(Arguments.of(new WaitReason.UnknownEffect("ada", 1), begun, Stage.ROUTE));
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_wait_leads_back_to_where_it_began(WaitReason reason, boolean begun, Stage to) {
    TaskRun run = waits(reason);
    if (begun) {
      run.means().again(Usage.none(), false);
    }

    assertThat(waiting.goOn(run)).isEqualTo(Stage.ENTER);

    assertThat(run.onPlace()).isEqualTo(to);
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"BUDGET", "TENANT_BUDGET"})
  void an_attempt_that_has_begun_goes_on_with_more_means(Point point) {
    TaskRun run = run();
    waits(run, reason(run, point));
    run.means().again(Usage.none(), false);

    assertThat(waiting.goOn(run)).isEqualTo(Stage.ENTER);

    assertThat(run.onPlace()).isEqualTo(Stage.SEAT_AGAIN);
  }

  @Test
  void a_limit_of_a_tenant_is_a_quota_without_an_agent_or_a_question_about_its_budget() {
    TaskRun run = run();
    assertThat(Waiting.isOfTenant(null)).isFalse();
    assertThat(Waiting.isOfTenant(new WaitReason.Quota("", NOON))).isTrue();
    assertThat(Waiting.isOfTenant(new WaitReason.Quota("ada", NOON))).isFalse();
    assertThat(Waiting.isOfTenant(reason(run, Point.TENANT_BUDGET))).isTrue();
    assertThat(Waiting.isOfTenant(reason(run, Point.BUDGET))).isFalse();
    assertThat(Waiting.isOfTenant(reason(run, Point.RESULT))).isFalse();
  }

  @Test
  void a_decision_may_wait_for_the_right_to_call_its_agent() {
    TaskRun run = waits(new WaitReason.Quota("ada", NOON));
    assertThat(Waiting.isBeforeCall(run)).isTrue();
    run.waitsFor(new WaitReason.Quota("", NOON));
    assertThat(Waiting.isBeforeCall(run)).isTrue();
    run.waitsFor(reason(run, Point.TENANT_BUDGET));
    assertThat(Waiting.isBeforeCall(run)).isTrue();

    run.waitsFor(new WaitReason.Budget(request(run, Point.TENANT_BUDGET), true));
    assertThat(Waiting.isBeforeCall(run)).as("its agent works").isFalse();
    run.waitsFor(new WaitReason.Retry("ada", 1, NOON));
    assertThat(Waiting.isBeforeCall(run)).isFalse();
    run.waitsFor(null);
    assertThat(Waiting.isBeforeCall(run)).isFalse();
    run.waitsFor(new WaitReason.Quota("ada", NOON));
    run.means().again(Usage.none(), true);
    assertThat(Waiting.isBeforeCall(run)).as("the attempt has begun").isFalse();
    run.means().attemptFailed();
    run.failure(new TaskEvent.AttemptFailure(FailureCause.AGENT_ERROR, "down", Optional.empty()));
    assertThat(Waiting.isBeforeCall(run)).as("the attempt has failed").isFalse();
    run.failure(null);
    run.state(TaskState.ROUTING);
    assertThat(Waiting.isBeforeCall(run)).as("it waits no more").isFalse();
  }

  /* The time of a wait has come. */

  private TaskRun asks(Point point, String... audiences) {
    TaskRun run = run();
    ApprovalRequest request =
        waiting.request(
            run,
            point,
            Question.of("May it?").within(Duration.ofHours(1)).to(audiences),
            List.of());
    waits(
        run,
        switch (point) {
          case BUDGET -> new WaitReason.Budget(request, false);
          case INPUT -> new WaitReason.Input(request, "token", false);
          default -> new WaitReason.Approval(request);
        });
    waiting.listen(run, request);
    return run;
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"RESULT", "INPUT", "BUDGET"})
  void the_next_audience_is_asked_the_same(Point point) {
    TaskRun run = asks(point, "team", "boss");
    WaitReason before = Objects.requireNonNull(run.reason());
    assertThat(Objects.requireNonNull(run.request()).audience()).isEqualTo("team");
    pass(Duration.ofHours(1));

    assertThat(waiting.woken(run)).isEqualTo(Stage.HOLD);

    WaitReason next = Objects.requireNonNull(run.reason());
    assertThat(next).hasSameClassAs(before);
    assertThat(next.withinCall()).isEqualTo(before.withinCall());
    assertThat(Objects.requireNonNull(run.request()).audience()).isEqualTo("boss");
    assertThat(Objects.requireNonNull(run.request()).expiresAt())
        .isEqualTo(wall.plus(Duration.ofHours(1)));
    assertThat(next instanceof WaitReason.Input input ? input.resumeToken() : "token")
        .isEqualTo("token");
    assertThat(parts.open.open()).as("the first is asked no more").isEmpty();
    assertThat(waiting.escalated(run)).as("nobody is left").isNull();
  }

  @ParameterizedTest
  @EnumSource(
      value = Point.class,
      names = {"RESULT", "INPUT", "BUDGET"})
  void a_task_that_nobody_decides_about_fails(Point point) {
    TaskRun run = asks(point);
    ApprovalRequest request = Objects.requireNonNull(run.request());
    pass(Duration.ofHours(1));

    TaskResult.Failed failed = (TaskResult.Failed) result(waiting.woken(run));

    assertThat(failed.cause())
        .isEqualTo(point == Point.BUDGET ? FailureCause.BUDGET : FailureCause.EXPIRED);
    assertThat(failed.message())
        .isEqualTo("nobody decided request '%s' by 2046-06-01T13:00:00Z: May it?", request.id());
    assertThat(parts.open.open()).isEmpty();
    assertThat(run.means().kept().since()).isEqualTo(Instant.EPOCH);
  }

  @Test
  void a_run_that_waited_for_a_time_or_a_tenant_goes_on() {
    TaskRun time = waits(new WaitReason.NotBefore(NOON));
    TaskRun tenant = run();
    waits(tenant, reason(tenant, Point.TENANT_BUDGET));

    assertThat(waiting.woken(time)).isEqualTo(Stage.ENTER);
    assertThat(waiting.woken(tenant)).isEqualTo(Stage.ENTER);

    assertThat(time.onPlace()).isEqualTo(Stage.ADMIT);
    assertThat(tenant.onPlace()).isEqualTo(Stage.ROUTE);
  }

  @Test
  void a_wait_without_a_request_has_no_next_audience() {
    assertThat(waiting.escalated(run())).isNull();
    assertThat(waiting.escalated(waits(new WaitReason.NotBefore(NOON)))).isNull();
  }

  /* In words. */

  @Test
  void a_wait_says_what_ends_it() {
    TaskRun run = run();
    assertThat(Waiting.inWords(reason(run, Point.RESULT)))
        .isEqualTo(
            ": it waits until 2046-06-01T13:00:00Z for a person to decide request '%s'"
                + " (Arbiter.approvals)",
            request(run, Point.RESULT).id());
    assertThat(Waiting.inWords(new WaitReason.UnknownEffect("ada", 2)))
        .startsWith(": nobody knows what agent 'ada' has done in attempt 2")
        .contains("TaskHandle.runAgain");
    assertThat(Waiting.inWords(new WaitReason.NotBefore(NOON)))
        .isEqualTo(": it goes on by itself at 2046-06-01T12:00:00Z");
  }
}
