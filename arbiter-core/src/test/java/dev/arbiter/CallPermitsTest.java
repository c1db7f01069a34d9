/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether a run that has a seat may call its agent now, and what it holds for the call. */
class CallPermitsTest {
  private static final Duration TEN = Duration.ofSeconds(10);
  private static final RateLimit ONE = RateLimit.of(1, TEN);
  private static final Duration HOUR = Duration.ofHours(1);

  private final WaitingWorld world = new WaitingWorld();
  private EngineParts parts = EngineParts.of();
  private CallPermits permits = with(builder -> builder);

  private CallPermits with(UnaryOperator<ArbiterBuilder> more) {
    parts = new EngineParts(world, more.apply(world.arbiter())).agents("ada", "bob");
    permits =
        new CallPermits(
            parts.config,
            parts.ledger,
            parts.waiting,
            parts.endings,
            parts.holdings,
            parts.lessons,
            parts.registry);
    return permits;
  }

  private TaskRun run(String id, String agent) {
    TaskRun run = parts.routed(Task.builder("fix").id(id).tenant("acme"), TaskState.ROUTED, agent);
    run.seat(parts.seat(run, agent));
    return run;
  }

  private TaskRun run(String id) {
    return run(id, "ada");
  }

  private @Nullable Move take(TaskRun run) {
    return permits.take(run);
  }

  private int calls() {
    return parts.ledger.balances("acme").get(0).spent().calls();
  }

  private int attempts() {
    return parts.ledger.balances("acme").get(0).spent().attempts();
  }

  private static TenantBudget budget(TaskBudget limits) {
    return TenantBudget.per(HOUR, limits);
  }

  private Instant in(Duration time) {
    return world.now().plus(time);
  }

  @Test
  void without_limits_a_run_calls_at_once_and_holds_nothing() {
    TaskRun run = run("T-1");
    assertThat(take(run)).isNull();
    assertThat(permits.takeToJoin(run)).isEmpty();
    assertThat(run.permit()).isNull();
  }

  /* The rate of the tenant. */

  @Test
  void a_run_over_the_rate_of_its_tenant_waits_for_its_own_token() {
    with(builder -> builder.tenantRate("acme", ONE));
    TaskRun first = run("T-1");
    TaskRun second = run("T-2");
    TaskRun third = run("T-3");

    assertThat(take(first)).isNull();
    assertThat(take(second)).isEqualTo(Stage.HOLD);
    assertThat(take(third)).isEqualTo(Stage.HOLD);

    String limit = "tenant 'acme' has reached its rate of " + ONE;
    assertThat(second.reason()).isEqualTo(new WaitReason.Quota("", in(TEN), limit));
    assertThat(third.reason()).isEqualTo(new WaitReason.Quota("", in(TEN.multipliedBy(2)), limit));
    assertThat(Objects.requireNonNull(second.permit()).isEarly()).isTrue();
    assertThat(Objects.requireNonNull(first.permit()).isEarly()).isFalse();

    world.time.advance(TEN);
    assertThat(Objects.requireNonNull(second.permit()).isEarly()).isFalse();
    assertThat(take(third)).as("its time is later").isEqualTo(Stage.HOLD);
    assertThat(take(second)).isNull();
    world.time.advance(TEN);
    assertThat(take(third)).isNull();
  }

  @Test
  void a_token_that_is_given_back_goes_to_another_run_once() {
    with(builder -> builder.tenantRate(ONE));
    TaskRun first = run("T-1");
    assertThat(take(first)).isNull();
    CallPermits.Permit permit = Objects.requireNonNull(first.permit());

    permit.giveBack();
    permit.giveBack();

    assertThat(permit.isEarly()).isFalse();
    assertThat(take(run("T-2"))).isNull();
    assertThat(take(run("T-3"))).isEqualTo(Stage.HOLD);
  }

  /* The budget of the tenant. */

  @Test
  void a_call_is_counted_before_it_is_made() {
    with(builder -> builder.tenantBudget("acme", budget(TaskBudget.none().withCalls(9))));
    TaskRun run = run("T-1");

    assertThat(take(run)).isNull();
    assertThat(calls()).isEqualTo(1);
    assertThat(attempts()).isEqualTo(1);
    assertThat(take(run)).as("its permit holds until the call").isNull();
    assertThat(calls()).isEqualTo(1);

    parts.holdings.giveBackPermit(run);
    assertThat(calls()).isZero();
    assertThat(attempts()).isZero();
    assertThat(run.permit()).isNull();
  }

  @ParameterizedTest
  @EnumSource(TenantBudget.AtLimit.class)
  void at_the_limit_of_a_tenant_a_run_does_as_the_budget_says(TenantBudget.AtLimit atLimit) {
    with(
        builder ->
            builder.tenantBudget("acme", budget(TaskBudget.none().withCalls(1)).atLimit(atLimit)));
    assertThat(take(run("T-1"))).isNull();
    TaskRun run = run("T-2");

    Move move = take(run);

    Instant ends = parts.ledger.balances("acme").get(0).ends();
    assertThat(run.permit()).as("it holds nothing").isNull();
    switch (atLimit) {
      case FAIL -> {
        Ended end = (Ended) Objects.requireNonNull(move);
        TaskResult.Failed failed = (TaskResult.Failed) end.result();
        assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
        assertThat(failed.message()).startsWith("tenant 'acme' has reached its budget");
      }
      case WAIT -> {
        assertThat(move).isEqualTo(Stage.HOLD);
        WaitReason.Quota quota = (WaitReason.Quota) Objects.requireNonNull(run.reason());
        assertThat(quota.agent()).isEmpty();
        assertThat(quota.end()).isEqualTo(ends);
        assertThat(quota.limit()).startsWith("tenant 'acme' has reached its budget");
      }
      case ASK -> {
        assertThat(move).isEqualTo(Stage.HOLD);
        ApprovalRequest asked = Objects.requireNonNull(run.request());
        assertThat(asked.point()).isEqualTo(Point.TENANT_BUDGET);
        assertThat(asked.expiresAt()).isEqualTo(ends);
        assertThat(asked.question().text()).endsWith("1 of 1 calls. Give it more?");
      }
    }
  }

  @Test
  void a_question_has_a_millisecond_at_least() {
    TenantBudget of = budget(TaskBudget.none().withCalls(1));
    Instant now = world.now();
    for (long nanos : new long[] {-5, 0, 999_999, 1_000_000}) {
      Ledger.Full full = new Ledger.Full("acme", of, "full", now.plusNanos(nanos));
      assertThat(CallPermits.question(full, now).time()).isEqualTo(Duration.ofMillis(1));
    }
    Ledger.Full full = new Ledger.Full("acme", of, "full", now.plusNanos(1_000_001));
    assertThat(CallPermits.question(full, now).time()).isEqualTo(Duration.ofNanos(1_000_001));
  }

  /* Velocity. */

  private static ArbiterBuilder guarded(ArbiterBuilder builder, int most) {
    return builder.guards(Guards.none().attempts(most, TEN));
  }

  @Test
  void too_many_attempts_within_a_time_end_the_task() {
    with(builder -> guarded(builder, 2));
    assertThat(take(run("T-1"))).isNull();
    assertThat(take(run("T-2"))).isNull();

    Ended end = (Ended) Objects.requireNonNull(take(run("T-3")));

    TaskResult.Failed failed = (TaskResult.Failed) end.result();
    assertThat(failed.cause()).isEqualTo(FailureCause.RUNAWAY);
    assertThat(failed.message()).contains("attempts of tenant").contains("'acme'");
    world.time.advance(TEN);
    assertThat(take(run("T-4"))).isNull();
  }

  @Test
  void an_attempt_that_an_agent_may_not_make_does_not_count_for_its_tenant() {
    with(builder -> guarded(builder, 2));
    TaskRun other =
        parts.routed(Task.builder("fix").id("T-0").tenant("other"), TaskState.ROUTED, "ada");
    assertThat(take(other)).isNull();
    assertThat(take(run("T-1"))).isNull();

    Ended end = (Ended) Objects.requireNonNull(take(run("T-2")));
    assertThat(((TaskResult.Failed) end.result()).message())
        .contains("attempts of agent")
        .contains("'ada'");

    assertThat(take(run("T-3", "bob"))).as("the second of its tenant").isNull();
  }

  @Test
  void an_attempt_that_is_given_back_does_not_count() {
    with(builder -> guarded(builder, 1));
    TaskRun run = run("T-1");
    assertThat(take(run)).isNull();
    parts.holdings.giveBackPermit(run);

    assertThat(take(run("T-2"))).isNull();
    assertThat(take(run("T-3"))).isInstanceOf(Ended.class);
  }

  @Test
  void a_run_that_goes_to_another_agent_counts_for_that_one_only() {
    with(builder -> guarded(builder, 1));
    TaskRun run = run("T-1");
    assertThat(take(run)).isNull();
    parts.holdings.giveBackSeat(run);
    run.dropDecision();
    run.routed(EngineParts.decision(1, "bob"));

    assertThat(take(run)).isNull();

    parts.holdings.giveBackPermit(run);
    assertThat(take(run("T-2", "ada"))).isNull();
  }

  /* The rate of the agent. */

  @Test
  void an_agent_over_its_rate_is_limited_and_the_task_goes_to_another() {
    with(
        builder ->
            builder
                .agentRate("ada", ONE)
                .tenantBudget("acme", budget(TaskBudget.none().withCalls(9))));
    TaskRun first = run("T-1");
    assertThat(take(first)).isNull();
    assertThat(parts.registry.find("ada").orElseThrow().status()).isEqualTo(Status.LIMITED);
    TaskRun second = run("T-2");

    assertThat(take(second)).isEqualTo(Stage.ROUTE);

    assertThat(second.seat()).isNull();
    assertThat(second.attempts()).isZero();
    assertThat(calls()).as("what it held of the period goes back").isEqualTo(1);
    assertThat(take(run("T-3", "bob"))).isNull();
    world.time.advance(TEN);
    assertThat(take(run("T-4"))).isNull();
  }

  @Test
  void a_token_of_an_agent_is_given_back_with_the_permit() {
    with(builder -> builder.agentRate(ONE));
    TaskRun run = run("T-1");
    assertThat(take(run)).isNull();
    parts.holdings.giveBackPermit(run);

    assertThat(take(run("T-2"))).isNull();
    assertThat(take(run("T-3"))).isEqualTo(Stage.ROUTE);
  }

  /* Agents that join. */

  @Test
  void an_agent_that_joins_takes_all_or_nothing() {
    with(
        builder ->
            guarded(builder, 3)
                .tenantRate(RateLimit.of(5, TEN))
                .agentRate("bob", ONE)
                .tenantBudget("acme", budget(TaskBudget.none().withCalls(4))));
    TaskRun run = run("T-1", "bob");
    assertThat(permits.takeToJoin(run)).isEmpty();
    assertThat(run.permit()).isNotNull();
    assertThat(calls()).isEqualTo(1);

    TaskRun second = run("T-2", "bob");
    assertThat(permits.takeToJoin(second)).isEqualTo("agent 'bob' has reached its rate");
    assertThat(second.permit()).isNull();
    assertThat(calls()).isEqualTo(1);

    assertThat(permits.takeToJoin(run("T-3"))).isEmpty();
    assertThat(permits.takeToJoin(run("T-4"))).isEmpty();
    assertThat(permits.takeToJoin(run("T-5"))).as("velocity").contains("attempts of tenant");
    assertThat(calls()).as("it went back").isEqualTo(3);
  }

  @Test
  void an_agent_does_not_join_over_the_rate_or_the_budget_of_the_tenant() {
    with(builder -> builder.tenantRate(ONE));
    assertThat(permits.takeToJoin(run("T-1"))).isEmpty();
    assertThat(permits.takeToJoin(run("T-2"))).isEqualTo("tenant 'acme' has reached its rate");
    world.time.advance(TEN);
    assertThat(permits.takeToJoin(run("T-3"))).as("the one that was refused took none").isEmpty();

    with(builder -> builder.tenantBudget(budget(TaskBudget.none().withCalls(1))));
    assertThat(permits.takeToJoin(run("T-1"))).isEmpty();
    TaskRun second = run("T-2");
    assertThat(permits.takeToJoin(second))
        .isEqualTo("tenant 'acme' has no means for one more agent");
    assertThat(second.permit()).isNull();
    assertThat(calls()).isEqualTo(1);
  }
}
