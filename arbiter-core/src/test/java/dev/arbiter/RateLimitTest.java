/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.spi.Sources;
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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How often agents may be called, and tenants may have work done. */
class RateLimitTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final WaitingWorld world = new WaitingWorld();
  private final List<Instant> calls = new ArrayList<>();
  private final List<String> agents = new ArrayList<>();
  private final CompletableFuture<WorkReport> busy = new CompletableFuture<>();

  private WorkReport works(Assignment assignment) {
    calls.add(world.now());
    agents.add(assignment.agent());
    return WorkReport.of("done");
  }

  private static Task task() {
    return Task.builder("fix").build();
  }

  private List<TaskHandle> submit(Arbiter arbiter, int tasks) {
    List<TaskHandle> handles = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      handles.add(arbiter.submit(task()));
    }
    return handles;
  }

  private static void allCompleted(List<TaskHandle> handles) throws Exception {
    for (TaskHandle handle : handles) {
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).isEqualTo(1);
    }
  }

  @Test
  void an_agent_over_its_rate_is_limited_and_its_tasks_wait() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().agent(ADA, this::works).agentRate("ada", RateLimit.of(3, MINUTE)).build()) {
      List<TaskHandle> handles = submit(arbiter, 8);
      assertThat(calls).hasSize(3);
      assertThat(arbiter.agents().find("ada").orElseThrow().status()).isEqualTo(Status.LIMITED);
      WaitReason.Quota reason = (WaitReason.Quota) handles.get(3).waitsFor().orElseThrow();
      assertThat(reason.agent()).isEqualTo("ada");
      assertThat(Duration.between(world.now(), reason.end())).isEqualTo(Duration.ofSeconds(20));

      world.pass(Duration.ofSeconds(19));
      assertThat(calls).hasSize(3);
      world.pass(Duration.ofSeconds(2));
      assertThat(calls).hasSize(4);
      world.pass(Duration.ofMinutes(2));
      allCompleted(handles);
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
    }
  }

  @Test
  void tasks_go_to_an_agent_below_its_rate() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, this::works)
            .agent(AgentProfile.of("bob"), this::works)
            .agentRate(RateLimit.of(2, MINUTE))
            .agentRate("bob", RateLimit.of(100, MINUTE))
            .build()) {
      allCompleted(submit(arbiter, 20));
      assertThat(agents.stream().filter("ada"::equals)).hasSize(2);
      assertThat(agents.stream().filter("bob"::equals)).hasSize(18);
    }
  }

  /** Another task takes the last token when this one has counted its call already. */
  @Test
  void a_call_that_finds_no_token_left_is_given_back() throws Exception {
    Sources own = world.time.sources();
    AtomicReference<@Nullable Runnable> between = new AtomicReference<>();
    Sources watched =
        new Sources(
            () -> {
              Runnable other = isBeforeToken() ? between.getAndSet(null) : null;
              if (other != null) {
                other.run();
              }
              return own.clock().instant();
            },
            own.nanoTime(),
            own.random());
    try (Arbiter arbiter =
        world
            .arbiter()
            .sources(watched)
            .agent(ADA, this::works)
            .agentRate("ada", RateLimit.of(1, MINUTE))
            .tenantBudget(TenantBudget.per(Duration.ofDays(1), TaskBudget.none().withCalls(9)))
            .build()) {
      between.set(
          () -> {
            Thread other = new Thread(() -> arbiter.submit(task()));
            other.start();
            join(other);
          });
      TaskHandle late = arbiter.submit(task());

      assertThat(calls).hasSize(1);
      assertThat(late.waitsFor().orElseThrow()).isInstanceOf(WaitReason.Quota.class);
      assertThat(arbiter.balances("default").get(0).spent().calls()).isEqualTo(1);
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
      world.pass(MINUTE.plusSeconds(1));
      assertThat(late.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.balances("default").get(0).spent().calls()).isEqualTo(2);
    }
  }

  private static boolean isBeforeToken() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame ->
                        frame.getClassName().equals(CallPermits.class.getName())
                            && frame.getMethodName().equals("agent")));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_retry_waits_for_its_agent_too() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  WorkReport done = works(assignment);
                  if (calls.size() == 1) {
                    throw new AgentException("cut off", Usage.none())
                        .failure(FailureCause.CONNECTIVITY)
                        .effect(AgentException.Effect.NONE);
                  }
                  return done;
                })
            .agentRate("ada", RateLimit.of(1, MINUTE))
            .build()) {
      List<TaskHandle> handles = submit(arbiter, 1);
      world.pass(Duration.ofSeconds(58));
      assertThat(calls).hasSize(1);
      world.pass(Duration.ofSeconds(4));
      allCompleted(handles);
      assertThat(calls).hasSize(2);
    }
  }

  @Test
  void tasks_of_a_tenant_over_its_rate_wait_for_their_turn() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, this::works)
            .tenantRate("default", RateLimit.of(2, Duration.ofSeconds(10)))
            .build()) {
      List<TaskHandle> handles = submit(arbiter, 7);
      assertThat(calls).hasSize(2);
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
      assertThat(arbiter.stats().inFlight()).isZero();
      for (int i = 2; i < 7; i++) {
        WaitReason.Quota reason = (WaitReason.Quota) handles.get(i).waitsFor().orElseThrow();
        assertThat(reason.limit()).contains("tenant 'default'").contains("rate of 2 in PT10S");
        assertThat(Duration.between(world.now(), reason.end()).toSeconds())
            .isBetween(5L * (i - 1) - 1, 5L * (i - 1));
      }
      Task other = Task.builder("fix").tenant("other").build();
      assertThat(arbiter.submit(other).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      for (int i = 0; i < 5; i++) {
        world.pass(Duration.ofSeconds(5).plusMillis(10));
        assertThat(calls).hasSize(4 + i);
      }
      allCompleted(handles);
    }
  }

  /* The first call of this agent fails without an effect, and the retry waits for the tenant. */
  private ArbiterBuilder retryWaitsForTenant(AgentProfile profile) {
    return world
        .arbiter()
        .tenantRate("default", RateLimit.of(1, MINUTE))
        .asyncAgent(
            profile,
            assignment -> {
              if (assignment.task().tenant().equals("other")) {
                return busy;
              }
              boolean isFirst = !agents.contains(profile.id());
              WorkReport done = works(assignment);
              return isFirst
                  ? CompletableFuture.failedFuture(
                      new AgentException("cut off", Usage.none())
                          .failure(FailureCause.CONNECTIVITY)
                          .effect(AgentException.Effect.NONE))
                  : CompletableFuture.completedFuture(done);
            });
  }

  private TaskHandle untilItsRetryWaits(Arbiter arbiter) {
    TaskHandle handle = arbiter.submit(task());
    retryWaits(handle);
    return handle;
  }

  private void retryWaits(TaskHandle handle) {
    world.pass(Duration.ofSeconds(8));
    WaitReason.Quota reason = (WaitReason.Quota) handle.waitsFor().orElseThrow();
    assertThat(reason.limit()).contains("tenant 'default'");
  }

  private void limit(Arbiter arbiter, String agent) {
    arbiter.agents().limit(agent, world.now().plus(Duration.ofMinutes(10)));
  }

  @Test
  void a_retry_whose_agent_is_limited_meanwhile_waits_for_it_then() throws Exception {
    try (Arbiter arbiter = retryWaitsForTenant(ADA).build()) {
      TaskHandle handle = untilItsRetryWaits(arbiter);
      limit(arbiter, "ada");
      world.pass(MINUTE);
      assertThat(((WaitReason.Quota) handle.waitsFor().orElseThrow()).agent()).isEqualTo("ada");

      world.pass(Duration.ofMinutes(10));
      allCompleted(List.of(handle));
      assertThat(calls).hasSize(2);
    }
  }

  @Test
  void an_earlier_attempt_counts_when_the_agent_of_a_retry_is_limited() throws Exception {
    try (Arbiter arbiter = retryWaitsForTenant(ADA).build()) {
      arbiter.agents().setStatus("ada", Status.OFFLINE);
      arbiter
          .agents()
          .register(
              AgentProfile.of("bob"),
              assignment -> {
                arbiter.agents().setStatus("ada", Status.AVAILABLE);
                WorkReport unused = works(assignment);
                throw new IllegalStateException("no");
              });
      TaskHandle handle = arbiter.submit(task());
      world.pass(MINUTE.plusSeconds(8));
      assertThat(agents).containsExactly("bob", "ada");
      retryWaits(handle);
      limit(arbiter, "ada");
      world.pass(Duration.ofMinutes(12));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).isEqualTo(2);
      assertThat(agents).containsExactly("bob", "ada", "ada");
    }
  }

  @Test
  void an_attempt_counts_whose_agent_is_retired_before_its_retry() throws Exception {
    try (Arbiter arbiter = retryWaitsForTenant(ADA).build()) {
      TaskHandle handle = untilItsRetryWaits(arbiter);
      arbiter.agents().register(AgentProfile.of("bob"), this::works);
      arbiter.agents().retire("ada");
      world.pass(MINUTE);

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).isEqualTo(2);
      assertThat(agents).containsExactly("ada", "bob");
    }
  }

  @Test
  void a_retry_in_the_queue_of_its_agent_waits_when_that_is_limited() throws Exception {
    AgentProfile one = AgentProfile.builder("ada").capacity(1).build();
    try (Arbiter arbiter = retryWaitsForTenant(one).build()) {
      TaskHandle handle = untilItsRetryWaits(arbiter);
      TaskHandle other = arbiter.submit(Task.builder("fix").tenant("other").build());
      world.pass(MINUTE);
      assertThat(arbiter.agents().find("ada").orElseThrow().queued()).isEqualTo(1);
      limit(arbiter, "ada");
      busy.complete(WorkReport.of("done"));
      world.pass(Duration.ofMinutes(12));

      allCompleted(List.of(handle, other));
    }
  }

  @Test
  void an_attempt_counts_whose_agent_is_retired_while_its_retry_is_in_the_queue() throws Exception {
    AgentProfile one = AgentProfile.builder("ada").capacity(1).build();
    try (Arbiter arbiter = retryWaitsForTenant(one).build()) {
      TaskHandle handle = untilItsRetryWaits(arbiter);
      TaskHandle other = arbiter.submit(Task.builder("fix").tenant("other").build());
      world.pass(MINUTE);
      assertThat(arbiter.agents().find("ada").orElseThrow().queued()).isEqualTo(1);
      arbiter.agents().register(AgentProfile.of("bob"), this::works);
      arbiter.agents().retire("ada");
      busy.complete(WorkReport.of("done"));
      world.pass(MINUTE);

      assertThat(((TaskResult.Completed) handle.await(SOON)).attempts()).isEqualTo(2);
      assertThat(agents).containsExactly("ada", "bob");
      allCompleted(List.of(other));
    }
  }

  @Test
  void a_cancelled_task_gives_its_turn_back() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().agent(ADA, this::works).tenantRate(RateLimit.of(1, MINUTE)).build()) {
      List<TaskHandle> handles = submit(arbiter, 3);
      assertThat(handles.get(1).cancel("not needed")).isTrue();
      assertThat(handles.get(2).cancel("not needed")).isTrue();
      world.pass(MINUTE.plusSeconds(1));
      assertThat(calls).hasSize(1);
      TaskHandle next = arbiter.submit(task());
      assertThat(next.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_tenant_over_its_rate_is_refused_if_so_declared() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, this::works)
            .tenantRate("default", RateLimit.of(2, MINUTE).refusing())
            .build()) {
      allCompleted(submit(arbiter, 2));
      ArbiterException refused =
          catchThrowableOfType(ArbiterException.class, () -> arbiter.submit(task()));
      assertThat(refused)
          .hasMessageContaining("tenant 'default' has reached its rate of 2 in PT1M");
      assertThat(refused.retryAfter()).contains(Duration.ofSeconds(30));
      world.pass(Duration.ofSeconds(30));
      allCompleted(submit(arbiter, 1));
      assertThatThrownBy(() -> arbiter.submit(task())).hasMessageContaining("rate");
      assertThat(arbiter.submit(Task.builder("fix").tenant("other").build()).state())
          .isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_refused_task_takes_no_token() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .concurrency(1)
            .queueCapacity(0)
            .asyncAgent(ADA, assignment -> new java.util.concurrent.CompletableFuture<>())
            .tenantRate("default", RateLimit.of(3, MINUTE).refusing())
            .build()) {
      TaskHandle unused = arbiter.submit(task());
      for (int i = 0; i < 10; i++) {
        assertThatThrownBy(() -> arbiter.submit(task())).hasMessageContaining("queue is full");
      }
    }
  }

  @Test
  void what_waits_for_a_budget_does_not_begin_faster_than_its_rate() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, this::works)
            .tenantRate("default", RateLimit.of(2, SECOND))
            .tenantBudget(
                "default", TenantBudget.per(Duration.ofHours(1), TaskBudget.none().withCalls(4)))
            .build()) {
      List<TaskHandle> handles = submit(arbiter, 12);
      world.pass(MINUTE);
      assertThat(calls).hasSize(4);
      for (int i = 0; i < 4_000 && !handles.get(11).state().isEnd(); i++) {
        world.time.advance(Duration.ofSeconds(2));
        world.scheduler.tick();
        world.scheduler.tick();
        for (int j = 2; j < calls.size(); j++) {
          assertThat(calls.get(j)).isAfter(calls.get(j - 2));
        }
      }
      allCompleted(handles);
    }
  }

  @Test
  void buckets_that_are_full_are_forgotten() {
    FakeTime time = new FakeTime();
    Buckets buckets = new Buckets(Map.of(), RateLimit.of(1, SECOND), time.sources().nanoTime());
    for (int i = 0; i < 100_000; i++) {
      time.advance(Duration.ofMillis(10));
      assertThat(buckets.tryTake("t" + i)).isZero();
    }
    assertThat(buckets.size()).isLessThan(3_000);
    assertThat(buckets.tryTake("t99999")).isPositive();
    buckets.giveBack("t99999");
    assertThat(buckets.tryTake("t99999")).isZero();
  }

  @Test
  void wrong_rates_are_refused() {
    assertThatThrownBy(() -> RateLimit.of(0, SECOND)).hasMessageContaining("rate.most");
    assertThatThrownBy(() -> RateLimit.of(1, Duration.ZERO)).hasMessageContaining("rate.per");
    assertThatThrownBy(() -> world.arbiter().agentRate(RateLimit.of(1, SECOND).refusing()))
        .hasMessageContaining("refuses no task");
  }
}
