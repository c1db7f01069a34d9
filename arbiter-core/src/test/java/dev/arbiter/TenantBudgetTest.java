/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static dev.arbiter.WaitingWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.internal.record.KeptAccount;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest.Point;
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
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the tasks of a tenant use up together in a period. */
class TenantBudgetTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final Duration HOUR = Duration.ofHours(1);

  private final WaitingWorld world = new WaitingWorld();
  private final List<Assignment> calls = new ArrayList<>();
  private final List<CompletableFuture<WorkReport>> reports = new ArrayList<>();

  private static Task task(int number) {
    return Task.builder("fix").id("T-" + number).tenant("acme").build();
  }

  private static TenantBudget hourly(TaskBudget limits) {
    return TenantBudget.per(HOUR, limits);
  }

  /** Spends two dollars and is done. */
  private WorkReport works(Assignment assignment) {
    calls.add(assignment);
    return WorkReport.of("done").withUsage(Usage.cost(2));
  }

  private CompletionStage<WorkReport> waits(Assignment assignment) {
    calls.add(assignment);
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    reports.add(report);
    return report;
  }

  private Arbiter arbiter(TenantBudget budget) {
    return world.arbiter().agent(ADA, this::works).tenantBudget("acme", budget).build();
  }

  private Arbiter waiting(TenantBudget budget) {
    return world.arbiter().asyncAgent(ADA, this::waits).tenantBudget("acme", budget).build();
  }

  private static double spent(Arbiter arbiter) {
    return arbiter.balances("acme").get(0).spent().usage().cost();
  }

  @Test
  void at_the_limit_tasks_wait_until_the_period_ends() throws Exception {
    try (Arbiter arbiter = arbiter(hourly(TaskBudget.ofCost(5)))) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        handles.add(arbiter.submit(task(i)));
      }
      assertThat(calls).hasSize(3);
      assertThat(spent(arbiter)).isEqualTo(6);
      Instant ends = arbiter.balances("acme").get(0).ends();
      WaitReason.Quota reason = (WaitReason.Quota) handles.get(3).waitsFor().orElseThrow();
      assertThat(reason.end()).isEqualTo(ends);
      assertThat(reason.limit()).contains("acme").contains("6.0 of 5.0 US dollars");
      assertThat(arbiter.stats().inFlight()).isZero();
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();

      world.pass(Duration.between(world.now(), ends).plusSeconds(1));
      assertThat(calls).hasSize(6);
      world.pass(HOUR);
      assertThat(calls).hasSize(8);
      for (TaskHandle handle : handles) {
        assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      }
      assertThat(((TaskResult.Completed) handles.get(7).await(SOON)).attempts()).isEqualTo(1);
    }
  }

  @Test
  void other_tenants_go_on() throws Exception {
    try (Arbiter arbiter = arbiter(hourly(TaskBudget.ofCost(1)))) {
      assertThat(arbiter.submit(task(1)).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      TaskHandle second = arbiter.submit(task(2));
      assertThat(second.state()).isEqualTo(TaskState.WAITING);
      for (int i = 0; i < 3; i++) {
        Task other = Task.builder("fix").tenant("zeta").build();
        assertThat(arbiter.submit(other).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      }
      assertThat(arbiter.balances("zeta")).isEmpty();
    }
  }

  @Test
  void each_tenant_has_a_budget_of_its_own() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, this::works)
            .tenantBudget(hourly(TaskBudget.ofCost(3)))
            .tenantBudget("rich", hourly(TaskBudget.ofCost(100)))
            .build()) {
      for (String tenant : List.of("a", "b", "rich")) {
        for (int i = 0; i < 5; i++) {
          TaskHandle unused = arbiter.submit(Task.builder("fix").tenant(tenant).build());
        }
      }
      assertThat(calls.stream().filter(c -> c.task().tenant().equals("a"))).hasSize(2);
      assertThat(calls.stream().filter(c -> c.task().tenant().equals("b"))).hasSize(2);
      assertThat(calls.stream().filter(c -> c.task().tenant().equals("rich"))).hasSize(5);
    }
  }

  @Test
  void a_task_fails_at_the_limit_if_so_declared() throws Exception {
    TenantBudget budget = hourly(TaskBudget.ofCost(1)).atLimit(TenantBudget.AtLimit.FAIL);
    try (Arbiter arbiter = arbiter(budget)) {
      TaskResult unused = arbiter.submit(task(1)).await(SOON);
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task(2)).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.message()).contains("tenant 'acme'").contains("2.0 of 1.0");
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
    }
  }

  @Test
  void a_person_is_asked_and_one_answer_lets_all_go_on() throws Exception {
    TenantBudget budget = hourly(TaskBudget.ofCost(1)).atLimit(TenantBudget.AtLimit.ASK);
    try (Arbiter arbiter = arbiter(budget)) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        handles.add(arbiter.submit(task(i)));
      }
      assertThat(calls).hasSize(1);
      assertThat(arbiter.approvals().open()).hasSize(3);
      assertThat(arbiter.approvals().open().get(0).point()).isEqualTo(Point.TENANT_BUDGET);
      assertThatThrownBy(
              () ->
                  arbiter
                      .approvals()
                      .decide(
                          arbiter.approvals().open().get(0),
                          Answer.raise("eve", TaskBudget.ofCost(2))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("give it more");

      arbiter
          .approvals()
          .decide(arbiter.approvals().open().get(0), Answer.raise("eve", TaskBudget.ofCost(5)));

      assertThat(calls).hasSize(3);
      assertThat(only(arbiter).question().text()).contains("6.0 of 5.0");
      TenantBudget.Balance balance = arbiter.balances("acme").get(0);
      assertThat(balance.limits().cost()).isEqualTo(5);
      assertThat(balance.raises()).hasSize(1);
      assertThat(balance.raises().get(0).answer().by()).isEqualTo("eve");
      String denied = only(arbiter).task();
      arbiter.approvals().decide(only(arbiter), Answer.deny("eve", "enough"));
      TaskHandle last =
          handles.stream().filter(h -> h.id().equals(denied)).findFirst().orElseThrow();
      TaskResult.Failed failed = (TaskResult.Failed) last.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.message()).contains("eve");
    }
  }

  @Test
  void a_question_that_nobody_answers_ends_with_the_period() throws Exception {
    TenantBudget budget = hourly(TaskBudget.ofCost(1)).atLimit(TenantBudget.AtLimit.ASK);
    try (Arbiter arbiter = arbiter(budget)) {
      TaskResult unused = arbiter.submit(task(1)).await(SOON);
      TaskHandle second = arbiter.submit(task(2));
      assertThat(second.waitsFor().orElseThrow()).isInstanceOf(WaitReason.Budget.class);
      world.pass(HOUR.plusSeconds(1));
      assertThat(second.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.approvals().open()).isEmpty();
    }
  }

  @Test
  void the_host_raises_a_limit_until_the_end_of_the_period() throws Exception {
    try (Arbiter arbiter = arbiter(hourly(TaskBudget.ofCost(1)))) {
      TaskResult unused = arbiter.submit(task(1)).await(SOON);
      TaskHandle second = arbiter.submit(task(2));
      assertThat(second.state()).isEqualTo(TaskState.WAITING);
      assertThatThrownBy(
              () -> arbiter.raise("acme", HOUR, Answer.raise("eve", TaskBudget.ofCost(2))))
          .hasMessageContaining("2.0 of 2.0");
      assertThatThrownBy(
              () ->
                  arbiter.raise(
                      "acme", Duration.ofDays(1), Answer.raise("eve", TaskBudget.ofCost(9))))
          .hasMessageContaining("no budget with a period of PT24H");
      assertThatThrownBy(
              () -> arbiter.raise("nobody", HOUR, Answer.raise("eve", TaskBudget.ofCost(9))))
          .hasMessageContaining("nobody");
      assertThatThrownBy(() -> arbiter.raise("acme", HOUR, Answer.approve("eve")))
          .hasMessageContaining("Answer.raise");

      TenantBudget.Balance balance =
          arbiter.raise("acme", HOUR, Answer.raise("eve", TaskBudget.ofCost(3)));

      assertThat(balance.raises().get(0).answer().by()).isEqualTo("eve");
      assertThat(second.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      world.pass(HOUR);
      assertThat(arbiter.balances("acme").get(0).limits().cost()).isEqualTo(1);
    }
  }

  @Test
  void a_limit_of_calls_is_never_exceeded() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(AgentProfile.builder("ada").capacity(3).build(), this::waits)
            .tenantBudget("acme", hourly(TaskBudget.none().withCalls(5)))
            .build()) {
      for (int i = 0; i < 20; i++) {
        TaskHandle unused = arbiter.submit(task(i));
      }
      for (int i = 0; i < reports.size(); i++) {
        reports.get(i).complete(WorkReport.of("done"));
      }
      assertThat(calls).hasSize(5);
      assertThat(arbiter.balances("acme").get(0).spent().calls()).isEqualTo(5);
      world.pass(HOUR);
      for (int i = 5; i < reports.size(); i++) {
        reports.get(i).complete(WorkReport.of("done"));
      }
      assertThat(calls).hasSize(10);
    }
  }

  @Test
  void running_attempts_are_stopped_at_their_next_report() throws Exception {
    try (Arbiter arbiter = waiting(hourly(TaskBudget.ofCost(5)))) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        handles.add(arbiter.submit(task(i)));
      }
      for (Assignment call : calls) {
        CompletionStage<Boolean> unused = call.progress(Usage.cost(2), "on");
      }
      // Two are below the limit; the third reaches it, and the fourth is one report over.
      assertThat(spent(arbiter)).isEqualTo(8);
      assertThat(handles.get(1).state()).isEqualTo(TaskState.EXECUTING);
      TaskResult.Failed failed = (TaskResult.Failed) handles.get(2).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.message()).contains("tenant 'acme'");
      assertThat(handles.get(3).await(SOON).state()).isEqualTo(TaskState.FAILED);
      CompletionStage<Boolean> late = calls.get(3).progress(Usage.cost(1), "late");
      assertThat(late.toCompletableFuture()).isCompletedExceptionally();
      assertThat(spent(arbiter)).as("what an agent spends after its end counts").isEqualTo(9);
    }
  }

  @Test
  void a_running_attempt_is_told_to_report_what_there_is() throws Exception {
    TaskBudget limits = TaskBudget.ofCost(3).atLimit(TaskBudget.AtLimit.TAKE);
    try (Arbiter arbiter = waiting(hourly(limits))) {
      TaskHandle handle = arbiter.submit(task(1));
      assertThat(goesOn(calls.get(0).progress(Usage.cost(2), "on"))).isTrue();
      assertThat(goesOn(calls.get(0).progress(Usage.cost(2), "on"))).isFalse();
      reports.get(0).complete(WorkReport.of("part"));
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("part");
      assertThat(spent(arbiter)).isEqualTo(4);
    }
  }

  private static boolean goesOn(CompletionStage<Boolean> stage) {
    return stage.toCompletableFuture().join();
  }

  @Test
  void a_person_is_asked_while_an_attempt_runs() throws Exception {
    TaskBudget limits = TaskBudget.ofCost(3).atLimit(TaskBudget.AtLimit.ASK);
    try (Arbiter arbiter = waiting(hourly(limits))) {
      TaskHandle one = arbiter.submit(task(1));
      TaskHandle two = arbiter.submit(task(2));
      CompletionStage<Boolean> first = calls.get(0).progress(Usage.cost(3), "on");
      CompletionStage<Boolean> second = calls.get(1).progress(Usage.cost(1), "on");
      assertThat(first.toCompletableFuture()).isNotDone();
      assertThat(one.state()).isEqualTo(TaskState.WAITING);
      assertThat(arbiter.approvals().open()).hasSize(2);

      arbiter
          .approvals()
          .decide(arbiter.approvals().open().get(0), Answer.raise("eve", TaskBudget.ofCost(9)));

      assertThat(goesOn(first)).isTrue();
      assertThat(goesOn(second)).isTrue();
      assertThat(arbiter.approvals().open()).isEmpty();
      reports.forEach(report -> report.complete(WorkReport.of("done")));
      assertThat(one.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(two.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(spent(arbiter)).isEqualTo(4);
    }
  }

  @Test
  void an_attempt_that_asks_goes_on_when_the_period_ends() throws Exception {
    TaskBudget limits = TaskBudget.ofCost(3).atLimit(TaskBudget.AtLimit.ASK);
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(ADA, this::waits)
            .attemptLimit(Duration.ofMinutes(5))
            .tenantBudget("acme", hourly(limits))
            .build()) {
      TaskHandle one = arbiter.submit(task(1));
      CompletionStage<Boolean> first = calls.get(0).progress(Usage.cost(3), "on");
      world.pass(HOUR.plusSeconds(2));
      assertThat(goesOn(first)).isTrue();
      reports.get(0).complete(WorkReport.of("done"));
      assertThat(one.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void what_a_failure_costs_counts_and_nothing_counts_twice() throws Exception {
    AsyncAgent agent =
        assignment -> {
          CompletionStage<Boolean> unused = assignment.progress(Usage.cost(1), "on");
          CompletableFuture<WorkReport> report = new CompletableFuture<>();
          if (assignment.agent().equals("ada")) {
            report.completeExceptionally(new AgentException("no", Usage.cost(3)));
          } else {
            report.complete(WorkReport.of("done").withUsage(Usage.cost(4)));
          }
          return report;
        };
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(ADA, agent)
            .asyncAgent(AgentProfile.of("bob"), agent)
            .tenantBudget("acme", hourly(TaskBudget.ofCost(100)))
            .build()) {
      TaskResult end = arbiter.submit(task(1)).await(SOON);
      assertThat(end.state()).isEqualTo(TaskState.COMPLETED);
      assertThat(spent(arbiter)).isIn(4.0, 7.0);
      TaskBudget.Spent spent = arbiter.balances("acme").get(0).spent();
      assertThat(spent.attempts()).isEqualTo(((TaskResult.Completed) end).attempts());
    }
  }

  @Test
  void a_call_that_does_not_take_place_is_given_back() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(AgentProfile.builder("ada").capacity(1).build(), this::waits)
            .tenantBudget("acme", hourly(TaskBudget.none().withCalls(2)))
            .build()) {
      TaskHandle one = arbiter.submit(task(1));
      TaskHandle two = arbiter.submit(task(2));
      assertThat(two.cancel("not needed")).isTrue();
      reports.get(0).complete(WorkReport.of("done"));
      assertThat(one.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.balances("acme").get(0).spent().calls()).isEqualTo(1);
    }
  }

  @Test
  void what_was_spent_and_raised_outlives_the_process() throws Exception {
    ListStorage disk = new ListStorage();
    TenantBudget budget = hourly(TaskBudget.ofCost(5));
    try (Arbiter first =
        world.arbiter(disk).agent(ADA, this::works).tenantBudget("acme", budget).build()) {
      for (int i = 0; i < 2; i++) {
        assertThat(first.submit(task(i)).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      }
      assertThat(first.raise("acme", HOUR, Answer.raise("eve", TaskBudget.ofCost(6))).raises())
          .hasSize(1);
      WaitingWorld.until(() -> disk.cut() != null);
      assertThat(first.submit(task(3)).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      TaskHandle waits = first.submit(task(4));
      WaitingWorld.until(() -> waits.waitsFor().isPresent());
    }
    try (Arbiter second =
        world.arbiter(disk.cut()).agent(ADA, this::works).tenantBudget("acme", budget).build()) {
      TenantBudget.Balance balance = second.balances("acme").get(0);
      assertThat(balance.spent().usage().cost()).isEqualTo(6);
      assertThat(balance.spent().calls()).isEqualTo(3);
      assertThat(balance.limits().cost()).isEqualTo(6);
      assertThat(balance.raises().get(0).answer().by()).isEqualTo("eve");
      TaskHandle handle = second.find("acme", "T-4").orElseThrow();
      WaitingWorld.until(() -> handle.waitsFor().isPresent());
      assertThat(calls).hasSize(3);
      WaitingWorld.until(
          () -> {
            world.pass(Duration.ofMinutes(10));
            return handle.state().isEnd();
          });
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_resumed_attempt_waits_and_stays_the_same_attempt() throws Exception {
    List<String> tokens = new ArrayList<>();
    TenantBudget budget = hourly(TaskBudget.none().withCalls(1));
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  tokens.add(assignment.resumeToken());
                  return assignment.resumeToken().isEmpty()
                      ? WorkReport.waiting(Question.of("Which?"), "token")
                      : WorkReport.of("done");
                })
            .tenantBudget("acme", budget)
            .build()) {
      TaskHandle handle = arbiter.submit(task(1));
      arbiter.approvals().decide(only(arbiter), Answer.reply("eve", "this"));
      assertThat(handle.waitsFor().orElseThrow()).isInstanceOf(WaitReason.Quota.class);
      world.pass(HOUR);
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(tokens).containsExactly("", "token");
      assertThat(done.attempts()).isEqualTo(1);
    }
  }

  @Test
  void two_periods_hold_at_once() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, this::works)
            .tenantBudget("acme", hourly(TaskBudget.ofCost(4)))
            .tenantBudget("acme", TenantBudget.per(Duration.ofDays(1), TaskBudget.ofCost(6)))
            .build()) {
      for (int i = 0; i < 5; i++) {
        TaskHandle unused = arbiter.submit(task(i));
      }
      assertThat(calls).hasSize(2);
      world.pass(HOUR);
      assertThat(calls).hasSize(3);
      world.pass(HOUR);
      assertThat(calls).hasSize(3);
      world.pass(Duration.ofDays(1));
      assertThat(calls).hasSize(5);
    }
  }

  @Test
  void periods_are_counted_from_an_instant() {
    TenantBudget budget = hourly(TaskBudget.ofCost(5)).from(Instant.parse("2026-01-01T00:30:00Z"));
    assertThat(budget.begin(Instant.parse("2026-01-01T00:00:00Z")))
        .isEqualTo(Instant.parse("2025-12-31T23:30:00Z"));
    assertThat(budget.begin(Instant.parse("2026-01-01T00:30:00Z")))
        .isEqualTo(Instant.parse("2026-01-01T00:30:00Z"));
    assertThat(budget.begin(Instant.parse("2025-12-31T23:30:00Z")))
        .isEqualTo(Instant.parse("2025-12-31T23:30:00Z"));
  }

  @Test
  void a_clock_that_goes_back_brings_no_money_back() {
    AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2026-01-01T10:59:00Z"));
    Ledger ledger =
        new Ledger(
            Map.of("acme", List.of(hourly(TaskBudget.ofCost(5)))),
            List.of(),
            clock::get,
            (tenant, account, level) -> CompletableFuture.completedFuture(null));
    Ledger.Tab tab = Objects.requireNonNull(ledger.tab("acme"));
    assertThat(tab.count(Usage.cost(4), Duration.ZERO, Level.BUFFERED)).isNull();
    clock.set(Instant.parse("2026-01-01T11:01:00Z"));
    assertThat(tab.count(Usage.cost(10), Duration.ZERO, Level.BUFFERED)).isNotNull();
    assertThat(ledger.take("acme", true)).isNull();

    clock.set(Instant.parse("2026-01-01T10:00:00Z"));

    assertThat(ledger.take("acme", true)).isNull();
    assertThat(ledger.balances("acme").get(0).spent().usage().cost()).isEqualTo(6);
    clock.set(Instant.parse("2026-01-01T12:00:00Z"));
    assertThat(ledger.take("acme", true)).isNotNull();
  }

  /** The sweep forgets an account whose periods have ended; the clock that said so was wrong. */
  @Test
  void a_clock_that_goes_forward_and_back_brings_no_money_back() {
    AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2026-01-01T10:30:00Z"));
    Ledger ledger = ledger(clock);
    Ledger.Counted first = Objects.requireNonNull(ledger.take("acme", true));
    Ledger.Tab tab = Objects.requireNonNull(ledger.tab("acme"));
    assertThat(tab.count(Usage.cost(5), Duration.ZERO, Level.BUFFERED)).isNotNull();
    clock.set(Instant.parse("2026-01-01T12:30:00Z"));
    ledger.look();
    assertThat(ledger.balances()).isEmpty();

    clock.set(Instant.parse("2026-01-01T10:31:00Z"));

    assertThat(ledger.balances("acme").get(0).begins()).isEqualTo("2026-01-01T12:00:00Z");
    ledger.giveBack(first);
    assertThat(ledger.balances("acme").get(0).spent())
        .isEqualTo(new TaskBudget.Spent(Usage.none(), Duration.ZERO, 0, 0));
    assertThat(tab.count(Usage.cost(10), Duration.ZERO, Level.BUFFERED)).isNotNull();
    clock.set(Instant.parse("2026-01-01T12:40:00Z"));
    assertThat(ledger.take("acme", true)).isNull();
    clock.set(Instant.parse("2026-01-01T13:00:00Z"));
    assertThat(ledger.take("acme", true)).isNotNull();
  }

  private static Ledger ledger(AtomicReference<Instant> clock) {
    return new Ledger(
        Map.of("acme", List.of(hourly(TaskBudget.ofCost(5)))),
        List.of(),
        clock::get,
        (tenant, account, level) -> CompletableFuture.completedFuture(null));
  }

  /**
   * The sweep forgets what has ended, while a call begins the next period: the call holds the lock
   * until the sweep waits for it.
   */
  @Test
  void no_count_is_lost_when_a_period_ends() throws Exception {
    ExecutorService caller = Executors.newSingleThreadExecutor();
    AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2026-01-01T10:30:00Z"));
    AtomicReference<@Nullable Thread> sweep = new AtomicReference<>();
    CyclicBarrier inTheLock = new CyclicBarrier(2);
    InstantSource waiting =
        () -> {
          Thread sweeping = sweep.get();
          if (sweeping != null
              && sweeping != Thread.currentThread()
              && sweep.compareAndSet(sweeping, null)) {
            meet(inTheLock);
            while (sweeping.getState() != Thread.State.BLOCKED) {
              Thread.onSpinWait();
            }
          }
          return clock.get();
        };
    Ledger[] own = new Ledger[1];
    List<Future<?>> taken = new ArrayList<>();
    Ledger ledger =
        new Ledger(
            Map.of("acme", List.of(hourly(TaskBudget.ofCost(5)))),
            List.of(),
            waiting,
            (tenant, account, level) -> {
              if (account == null && taken.isEmpty()) {
                sweep.set(Thread.currentThread());
                taken.add(caller.submit(() -> own[0].take("acme", true)));
                meet(inTheLock);
              }
              return CompletableFuture.completedFuture(null);
            });
    own[0] = ledger;
    try {
      for (int round = 0; round < 100; round++) {
        assertThat(ledger.take("acme", true)).isNotNull();
        clock.updateAndGet(now -> now.plus(HOUR));
        ledger.look();
        taken.get(0).get();
        taken.clear();
        assertThat(ledger.balances("acme").get(0).spent().calls()).as("%s", round).isEqualTo(1);
        clock.updateAndGet(now -> now.plus(HOUR));
      }
    } finally {
      caller.shutdownNow();
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void a_damaged_account_is_spent_until_its_period_ends_whatever_its_limit() {
    Instant at = Instant.parse("2026-01-01T10:59:00Z");
    List<TaskBudget> limits =
        List.of(
            TaskBudget.ofCost(5),
            TaskBudget.none().withTokens(5_000_000),
            TaskBudget.none().withTime(Duration.ofDays(300)),
            TaskBudget.none().withAttempts(5_000),
            TaskBudget.none().withCalls(5_000));
    for (TaskBudget limit : limits) {
      AtomicReference<Instant> clock = new AtomicReference<>(at);
      List<byte[]> kept = new ArrayList<>();
      Ledger ledger =
          new Ledger(
              Map.of("acme", List.of(hourly(limit))),
              List.of(),
              clock::get,
              (tenant, account, level) -> {
                kept.add(Objects.requireNonNull(account));
                return CompletableFuture.completedFuture(null);
              });
      Map<String, @Nullable KeptAccount> damaged = new HashMap<>();
      damaged.put("acme", null);
      ledger.restore(damaged);
      assertThat(ledger.take("acme", true)).as("%s", limit).isNull();
      Ledger.@Nullable Full unused =
          Objects.requireNonNull(ledger.tab("acme"))
              .count(Usage.cost(1), Duration.ofHours(1), Level.BUFFERED);
      ledger.restore(Map.of("acme", KeptAccount.of(kept.get(0))));
      assertThat(ledger.take("acme", true)).as("%s, kept", limit).isNull();
      clock.set(at.plus(HOUR));
      assertThat(ledger.take("acme", true)).isNotNull();
    }
  }

  /** The raise comes while another thread writes a call: that thread writes it, as asked. */
  @Test
  void a_raise_during_another_write_survives_a_crash_too() {
    List<Level> levels = new ArrayList<>();
    Ledger[] own = new Ledger[1];
    Ledger ledger =
        new Ledger(
            Map.of("acme", List.of(hourly(TaskBudget.ofCost(5)))),
            List.of(),
            () -> Instant.parse("2026-01-01T10:59:00Z"),
            (tenant, account, level) -> {
              levels.add(level);
              if (levels.size() == 1) {
                TenantBudget.Balance unused =
                    own[0].raise("acme", HOUR, Answer.raise("eve", TaskBudget.ofCost(6)));
              }
              return CompletableFuture.completedFuture(null);
            });
    own[0] = ledger;

    assertThat(ledger.take("acme", true)).isNotNull();
    assertThat(ledger.take("acme", true)).isNotNull();

    assertThat(levels).containsExactly(Level.BUFFERED, Level.DURABLE, Level.BUFFERED);
  }

  @Test
  void a_raise_that_the_store_did_not_keep_is_written_again_as_firmly() {
    List<Level> levels = new ArrayList<>();
    Ledger ledger =
        new Ledger(
            Map.of("acme", List.of(hourly(TaskBudget.ofCost(5)))),
            List.of(),
            () -> Instant.parse("2026-01-01T10:59:00Z"),
            (tenant, account, level) -> {
              levels.add(level);
              return levels.size() == 1
                  ? CompletableFuture.failedFuture(new IllegalStateException("disk full"))
                  : CompletableFuture.completedFuture(null);
            });
    TenantBudget.Balance unused =
        ledger.raise("acme", HOUR, Answer.raise("eve", TaskBudget.ofCost(6)));

    ledger.look();
    ledger.look();

    assertThat(levels).containsExactly(Level.DURABLE, Level.DURABLE);
  }

  @Test
  void accounts_are_forgotten_when_their_periods_have_ended() {
    Map<String, byte[]> kept = new HashMap<>();
    AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2026-01-01T10:59:00Z"));
    Ledger ledger =
        new Ledger(
            Map.of(),
            List.of(hourly(TaskBudget.ofCost(5))),
            clock::get,
            (tenant, account, level) -> {
              if (account == null) {
                kept.remove(tenant);
              } else {
                kept.put(tenant, account);
              }
              return CompletableFuture.completedFuture(null);
            });
    for (int i = 0; i < 1_000; i++) {
      assertThat(ledger.take("tenant-" + i, true)).isNotNull();
    }
    assertThat(kept).hasSize(1_000);
    clock.set(Instant.parse("2026-01-01T11:59:00Z"));
    assertThat(ledger.take("tenant-7", true)).isNotNull();
    ledger.look();
    assertThat(kept).containsOnlyKeys("tenant-7");
    assertThat(ledger.balances()).hasSize(1);
  }

  @Test
  void wrong_budgets_are_refused() {
    assertThatThrownBy(() -> hourly(TaskBudget.none())).hasMessageContaining("needs a limit");
    assertThatThrownBy(() -> TenantBudget.per(Duration.ZERO, TaskBudget.ofCost(1)))
        .hasMessageContaining("1 second to 10 years");
    assertThatThrownBy(
            () ->
                world
                    .arbiter()
                    .tenantBudget("acme", hourly(TaskBudget.ofCost(1)))
                    .tenantBudget("acme", hourly(TaskBudget.ofCost(2))))
        .hasMessageContaining("acme")
        .hasMessageContaining("PT1H already");
  }
}
