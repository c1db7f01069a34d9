/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static dev.arbiter.WaitingWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Budgets that act while an agent works, and between attempts. */
class BudgetTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");

  private final WaitingWorld world = new WaitingWorld();
  private final List<Assignment> calls = new ArrayList<>();
  private final List<Double> steps = new ArrayList<>();

  private static Task task(AtLimit choice) {
    return Task.builder("fix").id("T-1").budget(TaskBudget.ofCost(5).atLimit(choice)).build();
  }

  /** Spends a dollar a step, ten times, and stops when it is told. */
  private CompletionStage<WorkReport> works(Assignment assignment) {
    calls.add(assignment);
    return step(assignment, 0);
  }

  private CompletionStage<WorkReport> step(Assignment assignment, int done) {
    if (done == 10) {
      return CompletableFuture.completedFuture(WorkReport.of("all"));
    }
    steps.add(1.0);
    return assignment
        .progress(Usage.cost(1), "step " + done)
        .thenCompose(
            goesOn ->
                goesOn
                    ? step(assignment, done + 1)
                    : CompletableFuture.completedFuture(WorkReport.of("part")));
  }

  @Test
  void a_task_stops_at_its_limit() throws Exception {
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task(AtLimit.STOP)).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.message()).contains("5.0 US dollars");
      assertThat(failed.usage().cost()).isEqualTo(5);
      assertThat(steps).hasSize(5);
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
    }
  }

  private TaskResult.Failed deniedAtTheLimit(AtLimit choice, List<TaskEvent> events)
      throws Exception {
    Task task =
        Task.builder("fix").budget(TaskBudget.none().withAttempts(1).atLimit(choice)).build();
    try (Arbiter arbiter =
        world
            .arbiter()
            .constitution(new StubConstitution())
            .listener(
                event -> {
                  if (event instanceof TaskEvent step) {
                    events.add(step);
                  }
                })
            .agent(ADA, a -> WorkReport.of("bad"))
            .agent(AgentProfile.of("bob"), a -> WorkReport.of("bad"))
            .build()) {
      TaskHandle handle = arbiter.submit(task);
      if (choice == AtLimit.ASK) {
        CompletionStage<Approval> unused =
            arbiter.approvals().decide(only(arbiter), Answer.deny("eve", "no"));
      }
      return (TaskResult.Failed) handle.await(SOON);
    }
  }

  /** The attempt that used up the budget is told as any other that failed. */
  @Test
  void a_denial_at_the_limit_is_told() throws Exception {
    List<TaskEvent> events = new ArrayList<>();
    TaskResult.Failed failed = deniedAtTheLimit(AtLimit.STOP, events);
    assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    assertThat(failed.verdict().orElseThrow().passed()).isFalse();
    assertThat(events)
        .filteredOn(TaskEvent.Routing.class::isInstance)
        .last()
        .satisfies(
            event -> {
              TaskEvent.Routing routing = (TaskEvent.Routing) event;
              assertThat(routing.failed().orElseThrow().cause()).isEqualTo(FailureCause.DENIED);
              assertThat(routing.step().attempt()).isEqualTo(1);
            });
  }

  @Test
  void a_denial_at_the_limit_is_told_before_a_person_is_asked() throws Exception {
    List<TaskEvent> events = new ArrayList<>();
    TaskResult.Failed failed = deniedAtTheLimit(AtLimit.ASK, events);
    assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    TaskEvent.AttemptEnded ended =
        (TaskEvent.AttemptEnded)
            events.stream()
                .filter(TaskEvent.AttemptEnded.class::isInstance)
                .findFirst()
                .orElseThrow();
    assertThat(ended.failure().cause()).isEqualTo(FailureCause.DENIED);
    assertThat(ended.step().attempt()).isEqualTo(1);
    assertThat(ended.step().agent()).isEqualTo("ada");
  }

  @Test
  void the_time_of_an_open_question_is_no_work() throws Exception {
    Task task = Task.builder("fix").budget(TaskBudget.none().withTime(Duration.ofHours(1))).build();
    List<Assignment> asked = new ArrayList<>();
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .attemptLimit(Duration.ofHours(9))
            .asyncAgent(
                ADA,
                assignment -> {
                  asked.add(assignment);
                  return report;
                })
            .build()) {
      TaskHandle handle = arbiter.submit(task);
      Assignment assignment = asked.get(0);
      world.pass(Duration.ofMinutes(10));
      CompletionStage<Approval> answer = assignment.ask(Question.of("Which?"));
      world.pass(Duration.ofHours(2));
      assertThat(assignment.progress(Usage.none(), "waiting").toCompletableFuture().join())
          .isTrue();
      CompletionStage<Approval> unused =
          arbiter.approvals().decide(only(arbiter), Answer.reply("eve", "this"));
      assertThat(answer.toCompletableFuture()).isCompleted();
      world.pass(Duration.ofMinutes(49));
      assertThat(assignment.progress(Usage.none(), "works").toCompletableFuture().join()).isTrue();
      world.pass(Duration.ofMinutes(2));
      assertThat(assignment.progress(Usage.none(), "works").toCompletableFuture())
          .isCompletedExceptionally();
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Failed.class);
    }
  }

  @Test
  void a_task_takes_what_there_is_at_its_limit() throws Exception {
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      TaskResult.Completed done =
          (TaskResult.Completed) arbiter.submit(task(AtLimit.TAKE)).await(SOON);
      assertThat(done.report().output()).isEqualTo("part");
      assertThat(done.report().usage().cost()).isEqualTo(5);
    }
  }

  @Test
  void a_person_raises_the_budget_and_the_agent_goes_on() throws Exception {
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task(AtLimit.ASK));
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      assertThat(steps).hasSize(5);
      assertThat(only(arbiter).point()).isEqualTo(Point.BUDGET);
      assertThatThrownBy(
              () ->
                  arbiter
                      .approvals()
                      .decide(only(arbiter), Answer.raise("eve", TaskBudget.ofCost(4))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("give it more");

      arbiter
          .approvals()
          .decide(only(arbiter), Answer.raise("eve", TaskBudget.ofCost(8).atLimit(AtLimit.ASK)));
      assertThat(steps).hasSize(8);
      arbiter.approvals().decide(only(arbiter), Answer.raise("eve", TaskBudget.ofCost(20)));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("all");
      assertThat(calls).hasSize(1);
    }
  }

  @Test
  void a_person_denies_more() throws Exception {
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task(AtLimit.ASK));

      arbiter.approvals().decide(only(arbiter), Answer.deny("eve", "too dear"));

      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.message()).contains("eve");
      assertThat(steps.size()).isEqualTo(5);
    }
  }

  @Test
  void an_agent_that_does_not_ask_is_stopped_at_its_next_report() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(
                ADA,
                assignment -> {
                  for (int i = 0; i < 10; i++) {
                    CompletionStage<Boolean> unused = assignment.progress(Usage.cost(3), "on");
                  }
                  return new CompletableFuture<>();
                })
            .build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task(AtLimit.TAKE)).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    }
  }

  @Test
  void the_money_of_all_attempts_counts() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(9)
            .agent(ADA, this::wastes)
            .agent(AgentProfile.of("bob"), this::wastes)
            .agent(AgentProfile.of("cyd"), this::wastes)
            .build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task(AtLimit.STOP)).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(calls).hasSize(2);
    }
  }

  private WorkReport wastes(Assignment assignment) throws AgentException {
    calls.add(assignment);
    throw new AgentException("nothing came of it", Usage.cost(3));
  }

  @Test
  void between_attempts_a_person_is_asked_and_a_restart_changes_nothing() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first =
        world
            .arbiter(disk)
            .fallbacks(9)
            .agent(ADA, this::wastes)
            .agent(AgentProfile.of("bob"), this::wastes)
            .agent(AgentProfile.of("cyd"), this::wastes)
            .build()) {
      TaskHandle unused = first.submit(task(AtLimit.ASK));
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
    }
    assertThat(calls).hasSize(2);
    try (Arbiter second =
        world
            .arbiter(disk.cut())
            .fallbacks(9)
            .agent(ADA, this::wastes)
            .agent(AgentProfile.of("bob"), this::wastes)
            .agent(AgentProfile.of("cyd"), this::wastes)
            .build()) {
      WaitingWorld.until(() -> !second.approvals().open().isEmpty());
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      assertThatThrownBy(
              () ->
                  second
                      .approvals()
                      .decide(only(second), Answer.raise("eve", TaskBudget.ofCost(6))))
          .hasMessageContaining("6.0");
      second.approvals().decide(only(second), Answer.raise("eve", TaskBudget.ofCost(7)));
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isNotEqualTo(FailureCause.DEADLINE);
    }
    assertThat(calls).hasSize(3);
  }

  @Test
  void calls_count_too() throws Exception {
    Task task = Task.builder("fix").budget(TaskBudget.none().withCalls(2)).build();
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(9)
            .agent(ADA, this::wastes)
            .agent(AgentProfile.of("bob"), this::wastes)
            .agent(AgentProfile.of("cyd"), this::wastes)
            .build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task).await(SOON);
      assertThat(failed.message()).contains("2 of 2 calls");
    }
  }

  private static Router inOrder() {
    Router one = Router.leastLoaded();
    return request ->
        one.route(
            new RoutingRequest(
                request.task(),
                request.candidates().subList(0, 1),
                request.performance(),
                request.failed(),
                request.exclusions()));
  }

  @Test
  void attempts_count_too() throws Exception {
    Task task = Task.builder("fix").budget(TaskBudget.none().withAttempts(2)).build();
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(9)
            .agent(ADA, this::wastes)
            .agent(AgentProfile.of("bob"), this::wastes)
            .agent(AgentProfile.of("cyd"), this::wastes)
            .build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.attempts()).isEqualTo(2);
    }
  }

  /** The engine measures: an agent that says nothing cannot exceed its time. */
  @Test
  void the_working_time_of_all_attempts_counts() throws Exception {
    Task task =
        Task.builder("fix").budget(TaskBudget.none().withTime(Duration.ofMinutes(3))).build();
    List<Duration> limits = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(9)
            .agent(
                ADA,
                assignment -> {
                  limits.add(assignment.timeLimit());
                  world.time.advance(Duration.ofMinutes(2));
                  throw new IllegalStateException("failed");
                })
            .asyncAgent(
                AgentProfile.of("bob"),
                assignment -> {
                  limits.add(assignment.timeLimit());
                  return new CompletableFuture<>();
                })
            .agent(AgentProfile.of("cyd"), this::wastes)
            .router(inOrder())
            .build()) {
      TaskHandle handle = arbiter.submit(task);
      world.pass(Duration.ofMinutes(4));
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.message()).contains("working time");
      assertThat(limits).containsExactly(Duration.ofMinutes(3), Duration.ofMinutes(1));
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void a_budget_of_nothing_or_of_no_number_is_refused() {
    assertThatThrownBy(() -> TaskBudget.ofCost(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("above 0");
    assertThatThrownBy(() -> TaskBudget.ofCost(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TaskBudget.none().withTokens(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TaskBudget.none().withTime(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void progress_after_the_end_is_heard_by_nobody() throws Exception {
    List<Assignment> kept = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  kept.add(assignment);
                  return WorkReport.of("done");
                })
            .build()) {
      TaskResult end = arbiter.submit(task(AtLimit.STOP)).await(SOON);
      CompletionStage<Boolean> late = kept.get(0).progress(Usage.cost(99), "late");
      assertThat(late.toCompletableFuture()).isCompletedExceptionally();
      assertThat(end.state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_task_begins_at_its_moment() throws Exception {
    Instant moment = world.now().plus(Duration.ofHours(3));
    ListStorage disk = new ListStorage();
    Task later = Task.builder("fix").id("T-1").notBefore(moment).build();
    try (Arbiter first = world.arbiter(disk).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = first.submit(later);
      WaitingWorld.until(() -> handle.waitsFor().isPresent());
      world.pass(Duration.ofHours(1));
      assertThat(calls).isEmpty();
    }
    try (Arbiter second = world.arbiter(disk.cut()).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      WaitingWorld.until(() -> handle.waitsFor().isPresent());
      world.pass(Duration.ofHours(2).minusSeconds(1));
      assertThat(calls).isEmpty();
      WaitingWorld.until(
          () -> {
            world.pass(Duration.ofMillis(500));
            return handle.state().isEnd();
          });
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  private CompletionStage<WorkReport> failsInVain(Assignment assignment) {
    calls.add(assignment);
    return CompletableFuture.failedFuture(
        new AgentException("cut off", Usage.cost(5))
            .failure(FailureCause.CONNECTIVITY)
            .effect(AgentException.Effect.NONE));
  }

  @Test
  void a_retry_keeps_within_the_budget() throws Exception {
    for (TaskBudget budget : List.of(TaskBudget.none().withCalls(1), TaskBudget.ofCost(5))) {
      calls.clear();
      try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::failsInVain).build()) {
        TaskHandle handle = arbiter.submit(Task.builder("fix").budget(budget).build());
        world.pass(Duration.ofMinutes(1));
        assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.BUDGET);
        assertThat(calls).hasSize(1);
      }
    }
  }

  @Test
  void a_retry_is_no_further_attempt() throws Exception {
    Task task = Task.builder("fix").budget(TaskBudget.none().withAttempts(1)).build();
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::failsInVain).build()) {
      TaskHandle handle = arbiter.submit(task);
      world.pass(Duration.ofMinutes(10));
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause())
          .isEqualTo(FailureCause.CONNECTIVITY);
      assertThat(calls).hasSizeGreaterThan(1);
    }
  }

  @Test
  void a_raise_before_a_retry_lets_the_same_agent_go_on() throws Exception {
    ListStorage disk = new ListStorage();
    Task task =
        Task.builder("fix")
            .id("T-1")
            .budget(TaskBudget.none().withCalls(1).withAttempts(1).atLimit(AtLimit.ASK))
            .build();
    try (Arbiter first = world.arbiter(disk).asyncAgent(ADA, this::failsInVain).build()) {
      TaskHandle handle = first.submit(task);
      WaitingWorld.until(() -> handle.waitsFor().isPresent());
      WaitingWorld.until(
          () -> {
            world.pass(Duration.ofSeconds(10));
            return !first.approvals().open().isEmpty();
          });
      assertThat(only(first).question().text()).contains("1 of 1 calls");
    }
    try (Arbiter second = world.arbiter(disk.cut()).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      WaitingWorld.until(() -> !second.approvals().open().isEmpty());
      second
          .approvals()
          .decide(only(second), Answer.raise("eve", task.terms().budget().withCalls(2)));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
    assertThat(calls).extracting(Assignment::attempt).containsExactly(1, 1);
  }

  @Test
  void a_decision_whose_agent_was_not_called_is_no_attempt() throws Exception {
    Task task = Task.builder("fix").budget(TaskBudget.none().withAttempts(1)).build();
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      arbiter.agents().limit("ada", world.now().plus(Duration.ofHours(1)));
      TaskHandle handle = arbiter.submit(task);
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Quota.class)).isTrue();
      world.pass(Duration.ofHours(2));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(calls).hasSize(1);
    }
  }

  private CompletionStage<WorkReport> never(Assignment assignment) {
    calls.add(assignment);
    return new CompletableFuture<>();
  }

  private static Task hour(AtLimit choice, int agents) {
    return Task.builder("fix")
        .budget(TaskBudget.none().withTime(Duration.ofHours(1)).atLimit(choice))
        .bestOf(agents)
        .build();
  }

  @Test
  void a_person_gives_more_time() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().attemptLimit(Duration.ofHours(9)).asyncAgent(ADA, this::never).build()) {
      TaskHandle handle = arbiter.submit(hour(AtLimit.ASK, 1));
      world.pass(Duration.ofMinutes(61));
      assertThat(only(arbiter).question().text()).contains("working time");
      arbiter
          .approvals()
          .decide(
              only(arbiter), Answer.raise("eve", TaskBudget.none().withTime(Duration.ofHours(2))));
      assertThat(calls).hasSize(2);
      world.pass(Duration.ofMinutes(61));
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.BUDGET);
    }
  }

  @Test
  void agents_that_work_at_once_use_up_the_time_together() throws Exception {
    for (AtLimit choice : AtLimit.values()) {
      calls.clear();
      try (Arbiter arbiter =
          world
              .arbiter()
              .attemptLimit(Duration.ofHours(9))
              .asyncAgent(ADA, this::never)
              .asyncAgent(AgentProfile.of("bob"), this::never)
              .asyncAgent(AgentProfile.of("cyd"), this::never)
              .build()) {
        TaskHandle handle = arbiter.submit(hour(choice, 3));
        assertThat(calls).hasSize(3);
        world.pass(Duration.ofMinutes(19));
        assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
        world.pass(Duration.ofMinutes(2));
        assertThat(handle.state())
            .isEqualTo(choice == AtLimit.ASK ? TaskState.WAITING : TaskState.FAILED);
        assertThat(arbiter.agents().all()).allMatch(agent -> agent.active() == 0);
      }
    }
  }

  @Test
  void a_denial_outlives_the_process_that_asked() throws Exception {
    ListStorage disk = new ListStorage();
    AgentProfile ada = AgentProfile.builder("ada").idempotent().build();
    try (Arbiter first =
        world
            .arbiter(disk)
            .asyncAgent(
                ada,
                assignment -> {
                  CompletionStage<Boolean> unused = assignment.progress(Usage.cost(6), "on");
                  return new CompletableFuture<>();
                })
            .build()) {
      TaskHandle unused = first.submit(task(AtLimit.ASK));
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
      disk.dieAfter(1);
      CompletionStage<Approval> unusedDecision =
          first.approvals().decide(only(first), Answer.deny("eve", "too dear"));
      WaitingWorld.until(disk::isDead);
    }
    try (Arbiter second = world.arbiter(disk.cut()).asyncAgent(ada, this::works).build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.message()).contains("Denied by eve");
      assertThat(failed.usage().cost()).isEqualTo(6);
      assertThat(calls).isEmpty();
    }
  }

  @Test
  void the_time_that_is_left_goes_to_those_who_still_work() throws Exception {
    CompletableFuture<WorkReport> second = new CompletableFuture<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .attemptLimit(Duration.ofHours(9))
            .asyncAgent(ADA, this::never)
            .asyncAgent(AgentProfile.of("bob"), assignment -> second)
            .build()) {
      TaskHandle handle = arbiter.submit(hour(AtLimit.STOP, 2));
      world.pass(Duration.ofMinutes(25));
      second.completeExceptionally(new IllegalStateException("no"));
      world.pass(Duration.ofMinutes(9));
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      world.pass(Duration.ofMinutes(2));
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.attempts()).isEqualTo(2);
    }
  }

  @Test
  void a_raise_of_time_holds_for_the_call_that_runs() throws Exception {
    TaskBudget budget = TaskBudget.ofCost(1).withTime(Duration.ofHours(1)).atLimit(AtLimit.ASK);
    try (Arbiter arbiter =
        world
            .arbiter()
            .attemptLimit(Duration.ofHours(9))
            .fallbacks(0)
            .asyncAgent(ADA, this::never)
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").budget(budget).build());
      world.pass(Duration.ofMinutes(30));
      CompletionStage<Boolean> unused = calls.get(0).progress(Usage.cost(1), "on");
      arbiter
          .approvals()
          .decide(
              only(arbiter), Answer.raise("eve", budget.withCost(5).withTime(Duration.ofHours(2))));
      world.pass(Duration.ofMinutes(80));
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      world.pass(Duration.ofMinutes(12));
      assertThat(only(arbiter).question().text()).contains("working time");
      assertThat(calls).hasSize(1);
    }
  }

  @Test
  void an_end_by_time_says_who_was_tried_and_what_it_cost() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().attemptLimit(Duration.ofHours(9)).asyncAgent(ADA, this::never).build()) {
      TaskHandle handle = arbiter.submit(hour(AtLimit.STOP, 1));
      calls.get(0).meter().add(Usage.cost(3));
      world.pass(Duration.ofMinutes(61));
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.attempts()).isEqualTo(1);
      assertThat(failed.usage().cost()).isEqualTo(3);
    }
  }

  @Test
  void a_raise_below_the_calls_that_were_made_is_refused_while_one_runs() throws Exception {
    CompletableFuture<WorkReport> work = new CompletableFuture<>();
    int[] calls = {0};
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(
                AgentProfile.of("ada"),
                given -> {
                  if (++calls[0] < 3) {
                    return CompletableFuture.failedFuture(new ConnectException("refused"));
                  }
                  CompletionStage<Boolean> unused = given.progress(Usage.cost(20), "much");
                  return work;
                })
            .build()) {
      TaskHandle handle =
          arbiter.submit(
              Task.builder("fix")
                  .budget(TaskBudget.ofCost(10).withCalls(5).atLimit(AtLimit.ASK))
                  .build());
      world.pass(Duration.ofSeconds(3));
      world.pass(Duration.ofSeconds(3));
      ApprovalRequest request = only(arbiter);
      TaskBudget more = TaskBudget.ofCost(90);

      assertThatThrownBy(
              () -> arbiter.approvals().decide(request, Answer.raise("eve", more.withCalls(2))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 calls already");
      arbiter.approvals().decide(request, Answer.raise("eve", more.withCalls(3)));
      work.complete(WorkReport.of("done"));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }
}
