/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.HealthReport.Level;
import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.Router;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.Failed;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An executor that does nothing for long: its threads are busy, or it fails. */
class BusyExecutorTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final WaitingWorld world = new WaitingWorld();

  static Stream<Named<Executor>> executors() {
    return Stream.of(
        Named.of("keeps work in its queue", work -> {}),
        Named.of(
            "cannot make a thread",
            work -> {
              throw new OutOfMemoryError("unable to create native thread");
            }));
  }

  @ParameterizedTest
  @MethodSource("executors")
  void a_deadline_comes_though_the_task_has_not_begun(Executor executor) throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(executor)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").deadline(LIMIT).build());
      world.pass(LIMIT.minusSeconds(1));
      assertThat(handle.state()).isEqualTo(TaskState.RECEIVED);

      world.pass(Duration.ofSeconds(3));
      assertThat(((Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
    }
  }

  @Test
  void a_cancellation_comes_though_the_task_has_not_begun() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(work -> {})
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      assertThat(handle.cancel("not needed")).isTrue();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
    }
  }

  @Test
  void tasks_go_on_when_the_executor_has_time_again() throws Exception {
    List<Runnable> queue = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(queue::add)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle late = arbiter.submit(Task.builder("fix").deadline(LIMIT).build());
      TaskHandle patient = arbiter.submit(Task.builder("fix").build());
      world.pass(LIMIT.plusSeconds(2));
      List.copyOf(queue).forEach(Runnable::run);

      assertThat(late.await(SOON).state()).isEqualTo(TaskState.FAILED);
      assertThat(patient.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  /* The caller does what it can; what comes from the sweep has no thread. */
  @Test
  void a_task_that_is_due_while_the_executor_rejects_ends_by_its_deadline() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(
                work -> {
                  throw new RejectedExecutionException("shut down");
                })
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle now = arbiter.submit(Task.builder("fix").build());
      TaskHandle later =
          arbiter.submit(
              Task.builder("fix")
                  .notBefore(world.now().plus(LIMIT.dividedBy(2)))
                  .deadline(LIMIT)
                  .build());
      assertThat(now.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);

      world.pass(LIMIT.plusSeconds(3));
      assertThat(((Failed) later.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
      assertThat(arbiter.health().level()).isEqualTo(Level.DEGRADED);
      assertThat(arbiter.health().summary()).contains("task_orchestrator").contains("executor");
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  /* The time of the machine goes on, as long as the store or another thread needs. */
  private void passUntil(BooleanSupplier holds) throws InterruptedException {
    WaitingWorld.until(
        () -> {
          world.pass(Duration.ofSeconds(1));
          return holds.getAsBoolean();
        });
  }

  private ArbiterBuilder busy(ListStorage disk, Executor executor) {
    return world.arbiter(disk).executor(executor);
  }

  @Test
  void a_cancellation_that_a_store_keeps_is_told_while_the_executor_is_busy() throws Exception {
    try (Arbiter arbiter =
        busy(new ListStorage(), work -> {})
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      assertThat(handle.cancel("not needed")).isTrue();

      passUntil(((TaskRun) handle)::isComplete);
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Cancelled.class);
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  /* Nobody sweeps: the closing thread does what the executor does not. */
  @Test
  void close_tells_the_ends_that_the_store_has_kept_while_the_executor_is_busy() throws Exception {
    GatedExecutor pool = new GatedExecutor();
    // The closing thread is away from the task before the store has its end.
    ListStorage disk = new ListStorage();
    disk.millis = 20;
    Arbiter arbiter =
        busy(disk, pool)
            .asyncAgent(AgentProfile.of("ada"), assignment -> new CompletableFuture<>())
            .build();
    TaskHandle handle = arbiter.submit(Task.builder("fix").build());
    WaitingWorld.until(
        () -> {
          pool.work();
          return ((TaskRun) handle).waits() == Move.Waits.AGENT;
        });
    arbiter.close();

    assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Cancelled.class);
    assertThat(arbiter.stats().inFlight()).isZero();
  }

  @Test
  void a_deadline_comes_after_a_restart_though_the_executor_is_busy() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter before =
        busy(disk, work -> {})
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle unused = before.submit(Task.builder("fix").id("T-1").deadline(LIMIT).build());
    }
    try (Arbiter after =
        busy(disk.cut(), work -> {})
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle handle = after.find(Task.DEFAULT_TENANT, "T-1").orElseThrow();

      passUntil(((TaskRun) handle)::isComplete);
      assertThat(((Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
    }
  }

  @Test
  void a_decision_is_kept_while_the_executor_is_busy() throws Exception {
    GatedExecutor pool = new GatedExecutor();
    try (Arbiter arbiter =
        busy(new ListStorage(), pool)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle handle =
          arbiter.submit(Task.builder("fix").approval(Question.of("May it?")).build());
      WaitingWorld.until(
          () -> {
            pool.work();
            return !arbiter.approvals().open().isEmpty();
          });
      ApprovalRequest request = WaitingWorld.only(arbiter);
      CompletableFuture<Approval> kept =
          arbiter
              .approvals()
              .decide(request.id(), request.digest(), Answer.approve("mia"))
              .toCompletableFuture();

      passUntil(kept::isDone);
      assertThat(kept.join().answer().by()).isEqualTo("mia");
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      WaitingWorld.until(
          () -> {
            pool.work();
            return ((TaskRun) handle).isComplete();
          });
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /* All threads of the host wait for answers: one of them would have to list the questions. */
  @Test
  void a_question_is_listed_while_agents_that_ask_hold_all_threads() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(pool)
            .attemptLimit(Duration.ofDays(1))
            .agent(
                AgentProfile.of("ada"),
                assignment ->
                    WorkReport.of(
                        assignment
                            .ask(Question.of("How?"))
                            .toCompletableFuture()
                            .get()
                            .answer()
                            .text()))
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      passUntil(() -> !arbiter.approvals().open().isEmpty());
      ApprovalRequest request = WaitingWorld.only(arbiter);
      CompletionStage<Approval> unused =
          arbiter.approvals().decide(request.id(), request.digest(), Answer.reply("mia", "so"));

      passUntil(((TaskRun) handle)::isComplete);
      assertThat(((TaskResult.Completed) handle.await(SOON)).report().output()).isEqualTo("so");
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void an_agent_that_passed_its_budget_is_stopped_while_it_holds_the_only_thread()
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(1);
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(pool)
            .attemptLimit(Duration.ofDays(1))
            .agent(
                AgentProfile.of("ada"),
                assignment -> {
                  CompletionStage<Boolean> unused =
                      assignment.progress(Usage.cost(2), "goes on whatever is said");
                  new CountDownLatch(1).await();
                  return WorkReport.of("never");
                })
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").budget(TaskBudget.ofCost(1)).build());

      passUntil(((TaskRun) handle)::isComplete);
      assertThat(((Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.BUDGET);
      WaitingWorld.until(() -> arbiter.stats().abandoned() == 0);
    } finally {
      pool.shutdownNow();
    }
  }

  /* Else one that blocks would hold up the deadlines of all tasks. */
  @Test
  void the_sweep_asks_no_constitution_and_no_router_while_the_executor_is_busy() throws Exception {
    GatedExecutor pool = new GatedExecutor();
    Set<Thread> asked = ConcurrentHashMap.newKeySet();
    try (Arbiter arbiter =
        Arbiter.builder()
            .sources(world.time.sources())
            .scheduler(world.scheduler)
            .closeLimit(Duration.ZERO)
            .executor(pool)
            .constitution(
                new StubConstitution() {
                  @Override
                  public Admission admit(Task task) {
                    asked.add(Thread.currentThread());
                    return super.admit(task);
                  }
                })
            .router(
                request -> {
                  asked.add(Thread.currentThread());
                  return Router.leastLoaded().route(request);
                })
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle handle =
          arbiter.submit(Task.builder("fix").notBefore(world.now().plus(LIMIT)).build());
      pool.work();
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);

      world.pass(LIMIT.plusSeconds(5));
      assertThat(asked).isEmpty();
      pool.work();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(asked).hasSize(1);
    }
  }

  @Test
  void the_sweep_calls_no_agent_whose_usage_limit_is_over_while_the_executor_rejects()
      throws Exception {
    boolean[] rejects = {false};
    List<Thread> callers = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(
                work -> {
                  if (rejects[0]) {
                    throw new RejectedExecutionException("full");
                  }
                  work.run();
                })
            .agent(
                AgentProfile.of("ada"),
                assignment -> {
                  callers.add(Thread.currentThread());
                  if (callers.size() == 1) {
                    throw AgentException.quota("no more today", world.now().plus(LIMIT));
                  }
                  return WorkReport.of("done");
                })
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      rejects[0] = true;
      world.pass(LIMIT.plusSeconds(2));
      assertThat(callers).hasSize(1);

      rejects[0] = false;
      world.pass(LIMIT);
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_scheduler_that_is_shut_down_is_refused_and_the_store_closed() {
    ListStorage disk = new ListStorage();
    ScheduledExecutorService over = Executors.newSingleThreadScheduledExecutor();
    over.shutdown();
    ArbiterBuilder builder =
        world
            .arbiter(disk)
            .scheduler(over)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"));

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("scheduler");
    world
        .arbiter(disk)
        .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
        .build()
        .close();
  }

  @Test
  void health_says_that_the_scheduler_does_not_sweep() {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      world.time.advance(LIMIT);
      assertThat(arbiter.health().level()).isEqualTo(Level.DEGRADED);
      assertThat(arbiter.health().summary()).contains("scheduler");

      world.scheduler.tick();
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);
    }
  }

  /** A pool whose threads are busy, but for the moments in which a test lends it one. */
  private static final class GatedExecutor implements Executor {
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

    @Override
    public void execute(Runnable work) {
      queue.add(work);
    }

    void work() {
      for (Runnable work = queue.poll(); work != null; work = queue.poll()) {
        work.run();
      }
    }
  }
}
