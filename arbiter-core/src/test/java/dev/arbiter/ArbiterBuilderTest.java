/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.arbiter.TenantBudget.AtLimit;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.insight.Insight;
import dev.arbiter.spi.Approvers;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a builder gives to the engine: defaults, what was set, and no value out of its range. */
class ArbiterBuilderTest {
  private static final Duration NANO = Duration.ofNanos(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final TaskBudget ONE = TaskBudget.ofCost(1);

  private final ArbiterBuilder builder = Arbiter.builder().withoutConstitution();

  /** A listener that is a view of history too, as a tracker is. */
  private static final class Tracker implements ArbiterListener, PerformanceView {
    @Override
    public void on(ArbiterEvent event) {}

    @Override
    public Performance performance(String agent, String taskType, Window window) {
      return Performance.none();
    }
  }

  /** An interceptor that listens too. */
  private static final class Guard implements ArbiterListener, TaskInterceptor {
    @Override
    public void on(ArbiterEvent event) {}

    @Override
    public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
        throws Exception {
      return next.proceed(assignment);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Guard;
    }

    @Override
    public int hashCode() {
      return 1;
    }
  }

  @Test
  void what_is_not_set_is_as_documented() {
    EngineConfig config = builder.config();

    assertThat(config.fallbacks()).isEqualTo(1);
    assertThat(config.concurrency()).isEqualTo(256);
    assertThat(config.queueCapacity()).isEqualTo(10_000);
    assertThat(config.waitingCapacity()).isEqualTo(200_000);
    assertThat(config.attemptLimit()).isEqualTo(Duration.ofMinutes(5));
    assertThat(config.closeLimit()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.storeLimit()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.retries()).isEqualTo(RetryPolicy.standard());
    assertThat(config.hedging().isOn()).isFalse();
    assertThat(config.ejection()).isEqualTo(Ejection.outages());
    assertThat(config.recovery()).isEqualTo(Recovery.standard());
    assertThat(config.guards()).isEqualTo(Guards.none());
    assertThat(config.breaker().isOn()).isFalse();
    assertThat(config.store().isKept()).isFalse();
    assertThat(config.approvers()).isNull();
    assertThat(config.attemptLimits()).isEmpty();
    assertThat(config.tenantBudgets()).isEmpty();
    assertThat(config.eachTenantBudgets()).isEmpty();
    assertThat(config.durables()).isEmpty();
    assertThat(config.interceptors()).isEmpty();
    assertThat(config.listeners()).containsExactly(config.insight());
    assertThat(config.rates()).isEqualTo(new Rates(Map.of(), null, Map.of(), null));
    assertThat(config.performance().performance("ada", "fix", Window.SHORT))
        .isEqualTo(Performance.none());
  }

  @Test
  void what_is_set_reaches_the_engine() {
    Router router = Router.leastLoaded();
    StubConstitution rules = new StubConstitution();
    Store store = Store.memory();
    FakeTime time = new FakeTime();
    Approvers approvers = (request, answer) -> true;
    Hedging hedging = Hedging.after(SECOND);
    RetryPolicy retries = new RetryPolicy(7, SECOND, HOUR, .5, 3);
    Recovery recovery = Recovery.standard().withBeat(SECOND);
    EngineConfig config =
        builder
            .router(router)
            .constitution(rules)
            .store(store)
            .sources(time.sources())
            .fallbacks(3)
            .concurrency(4)
            .queueCapacity(5)
            .waitingCapacity(6)
            .attemptLimit(Duration.ofSeconds(7))
            .attemptLimit("fix", Duration.ofSeconds(8))
            .closeLimit(Duration.ofSeconds(9))
            .storeLimit(Duration.ofSeconds(10))
            .retries(retries)
            .hedging(hedging)
            .ejection(Ejection.none())
            .recovery(recovery)
            .guards(Guards.none().sameWorkOnce())
            .breaker(Breaker.standard())
            .approvers(approvers)
            .config();

    assertThat(config.router()).isSameAs(router);
    assertThat(config.constitution()).isSameAs(rules);
    assertThat(config.store()).isSameAs(store);
    assertThat(config.sources().clock().instant()).isEqualTo(time.sources().clock().instant());
    assertThat(config.fallbacks()).isEqualTo(3);
    assertThat(config.concurrency()).isEqualTo(4);
    assertThat(config.queueCapacity()).isEqualTo(5);
    assertThat(config.waitingCapacity()).isEqualTo(6);
    assertThat(config.attemptLimit()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.attemptLimits()).isEqualTo(Map.of("fix", Duration.ofSeconds(8)));
    assertThat(config.closeLimit()).isEqualTo(Duration.ofSeconds(9));
    assertThat(config.storeLimit()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.retries()).isEqualTo(retries);
    assertThat(config.hedging()).isEqualTo(hedging);
    assertThat(config.ejection()).isEqualTo(Ejection.none());
    assertThat(config.recovery()).isEqualTo(recovery);
    assertThat(config.guards()).isEqualTo(Guards.none().sameWorkOnce());
    assertThat(config.breaker()).isEqualTo(Breaker.standard());
    assertThat(config.approvers()).isSameAs(approvers);
  }

  private static Arguments set(String what, Consumer<ArbiterBuilder> step) {
    return arguments(what, step);
  }

  private static Stream<Arguments> limits() {
    return Stream.of(
        set("no fallback", b -> b.fallbacks(0)),
        set("one place", b -> b.concurrency(1)),
        set("no queue", b -> b.queueCapacity(0)),
        set("one may wait outside", b -> b.waitingCapacity(1)),
        set("shortest attempt", b -> b.attemptLimit(NANO)),
        set("shortest attempt of a type", b -> b.attemptLimit("fix", NANO)),
        set("closes at once", b -> b.closeLimit(Duration.ZERO)),
        set("waits for no store", b -> b.storeLimit(Duration.ZERO)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("limits")
  void a_value_at_the_limit_of_its_range_is_taken(String what, Consumer<ArbiterBuilder> step) {
    assertThatCode(() -> step.accept(builder)).as(what).doesNotThrowAnyException();
  }

  private static Stream<Arguments> wrong() {
    Duration less = Duration.ofNanos(-1);
    RateLimit refusing = RateLimit.of(1, SECOND).refusing();
    return Stream.of(
        set("fallbacks must be at least 0, got -1", b -> b.fallbacks(-1)),
        set("concurrency must be at least 1, got 0", b -> b.concurrency(0)),
        set("queue capacity must be at least 0, got -1", b -> b.queueCapacity(-1)),
        set("waiting capacity must be at least 1, got 0", b -> b.waitingCapacity(0)),
        set("attempt limit must be positive, got PT0S", b -> b.attemptLimit(Duration.ZERO)),
        set(
            "attempt limit of type 'fix' must be positive, got PT0S",
            b -> b.attemptLimit("fix", Duration.ZERO)),
        set("task type must not be empty", b -> b.attemptLimit("", SECOND)),
        set("close limit must not be negative", b -> b.closeLimit(less)),
        set("store limit must not be negative", b -> b.storeLimit(less)),
        set("agent must not be empty", b -> b.agentRate("", RateLimit.of(1, SECOND))),
        set("tenant must not be empty", b -> b.tenantRate("", RateLimit.of(1, SECOND))),
        set("tenant must not be empty", b -> b.tenantBudget("", TenantBudget.per(HOUR, ONE))),
        set("a rate of an agent refuses no task, got 1 in PT1S", b -> b.agentRate(refusing)),
        set("a rate of an agent refuses no task", b -> b.agentRate("ada", refusing)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void a_value_beyond_its_range_is_refused_at_the_call(
      String message, Consumer<ArbiterBuilder> step) {
    assertThatThrownBy(() -> step.accept(builder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void without_a_word_on_the_constitution_nothing_is_built() {
    assertThatThrownBy(() -> Arbiter.builder().build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("needs a constitution")
        .hasMessageContaining("withoutConstitution()");
  }

  @Test
  void the_last_word_on_the_constitution_counts() {
    StubConstitution rules = new StubConstitution();

    assertThat(builder.constitution(rules).config().constitution()).isSameAs(rules);
    assertThat(builder.withoutConstitution().config().constitution()).isNotSameAs(rules);
  }

  @Test
  void listeners_hear_in_the_order_in_which_they_were_added_and_insight_last() {
    ArbiterListener one = new Recorder();
    ArbiterListener two = new Recorder();
    Guard guard = new Guard();
    EngineConfig config = builder.listener(one).interceptor(guard).listener(two).config();

    assertThat(config.listeners()).containsExactly(one, two, guard, config.insight());
    assertThat(config.interceptors()).containsExactly(guard);
  }

  @Test
  void an_interceptor_that_listens_hears_each_event_once_however_often_it_was_added() {
    Guard guard = new Guard();
    EngineConfig config = builder.interceptor(guard).listener(guard).interceptor(guard).config();

    assertThat(config.listeners()).containsExactly(guard, config.insight());
    assertThat(config.interceptors()).containsExactly(guard, guard);
  }

  @Test
  void two_interceptors_that_are_equal_both_hear() {
    EngineConfig config = builder.interceptor(new Guard()).interceptor(new Guard()).config();

    assertThat(config.listeners()).hasSize(3);
  }

  @Test
  void an_interceptor_that_does_not_listen_is_no_listener() {
    EngineConfig config = builder.interceptor((work, next) -> next.proceed(work)).config();

    assertThat(config.listeners()).containsExactly(config.insight());
  }

  @Test
  void the_first_listener_that_is_a_view_is_the_view_of_routers() {
    Tracker first = new Tracker();
    EngineConfig config =
        builder.listener(new Recorder()).listener(first).listener(new Tracker()).config();

    assertThat(config.performance()).isSameAs(first);
  }

  @Test
  void a_view_that_was_set_counts_more_than_a_listener() {
    PerformanceView view = PerformanceView.empty();

    assertThat(builder.listener(new Tracker()).performance(view).config().performance())
        .isSameAs(view);
  }

  @Test
  void a_tenant_may_have_one_budget_for_each_period() {
    TenantBudget hourly = TenantBudget.per(HOUR, ONE);
    TenantBudget daily = TenantBudget.per(Duration.ofDays(1), TaskBudget.ofCost(9));
    EngineConfig config =
        builder
            .tenantBudget("acme", hourly)
            .tenantBudget("acme", daily)
            .tenantBudget("bolt", hourly)
            .tenantBudget(hourly)
            .tenantBudget(daily)
            .config();

    assertThat(config.tenantBudgets())
        .isEqualTo(Map.of("acme", List.of(hourly, daily), "bolt", List.of(hourly)));
    assertThat(config.eachTenantBudgets()).containsExactly(hourly, daily);
    assertThatThrownBy(() -> builder.tenantBudget("bolt", hourly.atLimit(AtLimit.FAIL)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tenant 'bolt' has a budget with a period of PT1H already");
    assertThatThrownBy(() -> builder.tenantBudget(hourly))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tenant 'each' has a budget with a period of PT1H already");
    assertThat(builder.config().eachTenantBudgets()).hasSize(2);
  }

  @Test
  void rates_are_those_of_the_last_call_for_each_name() {
    RateLimit one = RateLimit.of(1, SECOND);
    RateLimit two = RateLimit.of(2, SECOND);
    Rates rates =
        builder
            .agentRate("ada", one)
            .agentRate("ada", two)
            .agentRate(one)
            .tenantRate("acme", two.refusing())
            .tenantRate(two)
            .config()
            .rates();

    assertThat(rates)
        .isEqualTo(new Rates(Map.of("ada", two), one, Map.of("acme", two.refusing()), two));
  }

  @Test
  void after_a_crash_a_type_is_treated_as_chosen_and_any_other_by_the_default() {
    EngineConfig config =
        builder
            .afterCrash("pay", AfterCrash.FAIL)
            .afterCrash("read", AfterCrash.RUN_AGAIN)
            .config();

    assertThat(config.afterCrash(Task.builder("pay").build())).isEqualTo(AfterCrash.FAIL);
    assertThat(config.afterCrash(Task.builder("read").build())).isEqualTo(AfterCrash.RUN_AGAIN);
    assertThat(config.afterCrash(Task.builder("fix").build()))
        .isEqualTo(AfterCrash.RUN_AGAIN_IF_IDEMPOTENT);
  }

  @Test
  void a_builder_that_is_used_on_changes_nothing_that_was_built() {
    Durable part =
        new Durable() {
          @Override
          public String durableName() {
            return "part";
          }

          @Override
          public byte[] snapshot() {
            return new byte[0];
          }

          @Override
          public void restore(byte[] snapshot) {}
        };
    EngineConfig before =
        builder
            .durable(part)
            .attemptLimit("fix", SECOND)
            .tenantBudget("acme", TenantBudget.per(HOUR, ONE))
            .config();
    builder
        .durable(part)
        .listener(new Recorder())
        .attemptLimit("fix", HOUR)
        .afterCrash("fix", AfterCrash.WAIT)
        .tenantRate(RateLimit.of(1, SECOND))
        .tenantBudget("acme", TenantBudget.per(SECOND, ONE))
        .tenantBudget(TenantBudget.per(HOUR, ONE));

    assertThat(before.durables()).containsExactly(part);
    assertThat(before.listeners()).hasSize(1);
    assertThat(before.attemptLimits()).isEqualTo(Map.of("fix", SECOND));
    assertThat(before.afterCrash()).isEmpty();
    assertThat(before.rates().eachTenant()).isNull();
    assertThat(before.tenantBudgets().get("acme")).hasSize(1);
    assertThat(before.eachTenantBudgets()).isEmpty();
  }

  @Test
  void agents_are_registered_in_the_order_in_which_they_were_added() {
    List<String> called = new ArrayList<>();
    WaitingWorld world = new WaitingWorld();
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(AgentProfile.of("cleo"), work -> WorkReport.of("cleo"))
            .asyncAgent(
                AgentProfile.of("ada"),
                work -> {
                  called.add(work.agent());
                  return CompletableFuture.completedFuture(WorkReport.of("ada"));
                })
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("bob"))
            .build()) {
      assertThat(arbiter.agents().all())
          .extracting(RegisteredAgent::id)
          .containsExactly("cleo", "ada", "bob");
      arbiter.agents().retire("cleo");
      arbiter.agents().retire("bob");
      assertThat(arbiter.submit(Task.builder("fix").build()).state().isEnd()).isTrue();
      assertThat(called).containsExactly("ada");
    }
  }

  @Test
  void each_step_returns_the_builder_itself() {
    Recorder ear = new Recorder();

    assertThat(builder.listener(ear)).isSameAs(builder);
    assertThat(builder.applyInsight(one -> false)).isSameAs(builder);
    assertThat(builder.executor(Runnable::run)).isSameAs(builder);
    assertThat(builder.scheduler(new ManualScheduler())).isSameAs(builder);
  }

  @Test
  void the_executor_and_the_scheduler_that_were_set_are_used() {
    Executor executor = Runnable::run;
    ManualScheduler scheduler = new ManualScheduler();
    Threads threads = builder.executor(executor).scheduler(scheduler).threads();

    assertThat(threads.executor()).isSameAs(executor);
    assertThat(threads.scheduler()).isSameAs(scheduler);
  }

  @Test
  void each_arbiter_has_an_insight_of_its_own() {
    Insight one = builder.config().insight();

    assertThat(builder.config().insight()).isNotSameAs(one);
  }
}
