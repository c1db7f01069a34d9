/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Store;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Faults of the neighbours that broke the engine once, each alone. */
class EngineFaultsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Task TASK = Task.builder("fix").build();

  private final FakeTime time = new FakeTime();
  private final ManualScheduler scheduler = new ManualScheduler();
  private final Recorder recorder = new Recorder();

  private ArbiterBuilder virtual() {
    return Arbiter.builder()
        .withoutConstitution()
        .sources(time.sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .listener(recorder)
        .fallbacks(0);
  }

  /** 700 tasks wait for one slot, and every end starts the next. */
  @Test
  void a_long_line_for_one_slot_overflows_no_stack() throws Exception {
    List<CompletableFuture<WorkReport>> calls = new ArrayList<>();
    AtomicBoolean first = new AtomicBoolean(true);
    AsyncAgent agent =
        assignment -> {
          if (!first.getAndSet(false)) {
            return CompletableFuture.completedFuture(WorkReport.of("done"));
          }
          calls.add(new CompletableFuture<>());
          return calls.get(0);
        };
    try (Arbiter arbiter =
        virtual()
            .asyncAgent(AgentProfile.builder("ada").capacity(1).build(), agent)
            .concurrency(2_000)
            .build()) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 1_500; i++) {
        handles.add(arbiter.submit(TASK));
      }
      calls.get(0).complete(WorkReport.of("done"));

      for (TaskHandle handle : handles) {
        assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      }
      assertThat(arbiter.agents().all().get(0).active()).isZero();
    }
  }

  @Test
  void a_process_that_stands_still_loses_nothing() throws Exception {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    try (Arbiter arbiter =
        virtual()
            .asyncAgent(AgentProfile.builder("ada").capacity(50).build(), a -> report.copy())
            .build()) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        handles.add(arbiter.submit(TASK));
      }
      time.advance(Duration.ofSeconds(63));
      scheduler.tick();
      report.complete(WorkReport.of("done"));

      for (TaskHandle handle : handles) {
        assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      }
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  @Test
  void an_error_of_the_router_while_it_learns_changes_no_result() throws Exception {
    Router broken =
        new Router() {
          @Override
          public RoutingDecision route(RoutingRequest request) {
            return Router.leastLoaded().route(request);
          }

          @Override
          public void learn(Outcome outcome) {
            throw new NoClassDefFoundError("a class of the router");
          }
        };
    try (Arbiter arbiter =
        virtual().router(broken).agent(AgentProfile.of("ada"), a -> WorkReport.of("x")).build()) {
      TaskHandle handle = arbiter.submit(TASK);

      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(handle.state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void an_agent_that_is_retired_and_registered_again_keeps_its_counts() throws Exception {
    CompletableFuture<WorkReport> old = new CompletableFuture<>();
    AgentProfile ada = AgentProfile.builder("ada").capacity(1).build();
    try (Arbiter arbiter = virtual().asyncAgent(ada, a -> old.copy()).build()) {
      TaskHandle running = arbiter.submit(TASK);
      TaskHandle waiting = arbiter.submit(TASK);
      arbiter.agents().retire("ada");
      arbiter.agents().register(ada, a -> WorkReport.of("new"));
      old.complete(WorkReport.of("old"));

      assertThat(running.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(((TaskResult.Failed) waiting.await(SOON)).cause())
          .isEqualTo(FailureCause.NO_AGENT);
      assertThat(arbiter.agents().all().get(0).active()).isZero();
      assertThat(arbiter.submit(TASK).await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void a_store_that_stays_away_leaves_no_listener_in_the_dark() throws Exception {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    AtomicBoolean gone = new AtomicBoolean();
    FailingStore store = new FailingStore(event -> gone.get());
    try (Arbiter arbiter =
        virtual()
            .store(store)
            .asyncAgent(AgentProfile.builder("ada").capacity(50).build(), a -> report.copy())
            .build()) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        handles.add(arbiter.submit(TASK));
      }
      gone.set(true);
      report.complete(WorkReport.of("done"));
      time.advance(Duration.ofSeconds(31));
      scheduler.tick();

      for (TaskHandle handle : handles) {
        assertThat(((TaskResult.Failed) handle.await(SOON)).cause())
            .isEqualTo(FailureCause.UNRECORDED);
      }
      assertThat(recorder.events.stream().filter(TaskEvent.Concluded.class::isInstance).count())
          .isEqualTo(50);
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  @Test
  void an_agent_that_never_answers_within_the_deadline_has_failed_for_the_router()
      throws Exception {
    List<Outcome> learned = new ArrayList<>();
    Router learning =
        new Router() {
          @Override
          public RoutingDecision route(RoutingRequest request) {
            return Router.leastLoaded().route(request);
          }

          @Override
          public void learn(Outcome outcome) {
            learned.add(outcome);
          }
        };
    try (Arbiter arbiter =
        virtual()
            .router(learning)
            .asyncAgent(AgentProfile.of("mute"), a -> new CompletableFuture<>())
            .build()) {
      TaskHandle handle =
          arbiter.submit(Task.builder("fix").deadline(Duration.ofSeconds(5)).build());
      time.advance(Duration.ofSeconds(5));
      scheduler.tick();

      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
      assertThat(learned).singleElement().extracting(Outcome::kind).isEqualTo(Outcome.Kind.FAILURE);
    }
  }

  @Test
  void cancel_wants_a_reason() {
    try (Arbiter arbiter =
        virtual()
            .asyncAgent(AgentProfile.of("ada"), a -> new CompletableFuture<>())
            .closeLimit(Duration.ZERO)
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      assertThatThrownBy(() -> cancelWithoutReason(handle))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("give a reason");
      assertThat(handle.cancel("")).isTrue();
      assertThat(handle.state()).isEqualTo(TaskState.CANCELLED);
    }
  }

  @SuppressWarnings("NullAway") // the mistake that is tested
  private static void cancelWithoutReason(TaskHandle handle) {
    boolean unused = handle.cancel(null);
  }

  /** The constitution judges; a cancellation in that moment is told the truth. */
  @Test
  void a_cancellation_while_the_work_is_judged_is_kept() throws Exception {
    AtomicReference<@Nullable TaskHandle> handle = new AtomicReference<>();
    AtomicBoolean said = new AtomicBoolean();
    StubConstitution slow =
        new StubConstitution() {
          @Override
          public Verdict judge(dev.arbiter.agent.Assignment assignment, WorkReport report) {
            TaskHandle judged = handle.get();
            said.set(judged != null && judged.cancel("while judged"));
            return super.judge(assignment, report);
          }
        };
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    try (Arbiter arbiter =
        virtual()
            .constitution(slow)
            .asyncAgent(AgentProfile.of("ada"), a -> report.copy())
            .build()) {
      TaskHandle submitted = arbiter.submit(TASK);
      handle.set(submitted);
      report.complete(WorkReport.of("good"));

      assertThat(said).isTrue();
      assertThat(submitted.await(SOON)).isInstanceOf(TaskResult.Cancelled.class);
      assertThat(submitted.cancel("again")).isTrue();
    }
  }

  @Test
  void an_interrupt_that_an_agent_leaves_behind_reaches_no_other_agent() throws Exception {
    AtomicBoolean seen = new AtomicBoolean();
    try (Arbiter arbiter =
        virtual()
            .agent(
                AgentProfile.of("ada"),
                a -> {
                  seen.compareAndSet(false, Thread.currentThread().isInterrupted());
                  Thread.currentThread().interrupt();
                  return WorkReport.of("x");
                })
            .build()) {
      TaskHandle unused = arbiter.submit(TASK);
      TaskHandle again = arbiter.submit(TASK);

      assertThat(again.state()).isEqualTo(TaskState.COMPLETED);
      assertThat(seen).isFalse();
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  void a_caller_that_was_interrupted_stays_so_and_its_task_runs() {
    AtomicBoolean seen = new AtomicBoolean();
    try (Arbiter arbiter =
        virtual()
            .agent(
                AgentProfile.of("ada"),
                a -> {
                  seen.set(Thread.currentThread().isInterrupted());
                  return WorkReport.of("x");
                })
            .build()) {
      Thread.currentThread().interrupt();
      TaskHandle handle = arbiter.submit(TASK);

      assertThat(Thread.interrupted()).isTrue();
      assertThat(seen).isFalse();
      assertThat(handle.state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /** 12,000 keyed tasks in flight, more than the ended ones that are remembered. */
  @Test
  void a_key_in_flight_is_never_forgotten() {
    try (Arbiter arbiter =
        virtual()
            .asyncAgent(
                AgentProfile.builder("ada").capacity(100_000).build(),
                a -> new CompletableFuture<>())
            .concurrency(100_000)
            .closeLimit(Duration.ZERO)
            .build()) {
      List<TaskHandle> first = new ArrayList<>();
      for (int i = 0; i < 12_000; i++) {
        first.add(arbiter.submit(Task.builder("fix").idempotencyKey("k" + i).build()));
      }
      for (int i = 0; i < 500; i++) {
        assertThat(arbiter.submit(Task.builder("fix").idempotencyKey("k" + i).build()))
            .isSameAs(first.get(i));
      }
      assertThat(arbiter.stats().inFlight()).isEqualTo(12_000);
    }
  }

  @Test
  void an_agent_may_close_the_arbiter_that_calls_it() throws Exception {
    AtomicReference<@Nullable Arbiter> own = new AtomicReference<>();
    Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .agent(
                AgentProfile.of("ada"),
                a -> {
                  close(own);
                  return WorkReport.of("closed");
                })
            .build();
    own.set(arbiter);

    TaskResult result = arbiter.submit(TASK).await(SOON);

    assertThat(result).isInstanceOf(TaskResult.Completed.class);
    assertThatThrownBy(() -> arbiter.submit(TASK)).isInstanceOf(IllegalStateException.class);
  }

  private static void close(AtomicReference<@Nullable Arbiter> arbiter) {
    Arbiter own = arbiter.get();
    if (own != null) {
      own.close();
    }
  }

  @Test
  void a_listener_may_close_the_arbiter() throws Exception {
    AtomicReference<@Nullable Arbiter> own = new AtomicReference<>();
    ArbiterListener closing =
        event -> {
          if (event instanceof TaskEvent.Executing) {
            close(own);
          }
        };
    Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .listener(closing)
            .agent(AgentProfile.of("ada"), a -> WorkReport.of("x"))
            .build();
    own.set(arbiter);

    assertThat(arbiter.submit(TASK).await(SOON)).isInstanceOf(TaskResult.Completed.class);
  }

  /** 100 rounds: tasks are submitted while the arbiter closes. */
  @Test
  void no_agent_is_called_after_close_and_every_handle_is_complete() throws Exception {
    for (int round = 0; round < 100; round++) {
      AtomicBoolean closed = new AtomicBoolean();
      AtomicInteger late = new AtomicInteger();
      List<TaskHandle> handles = new ArrayList<>();
      CountDownLatch some = new CountDownLatch(20);
      Arbiter arbiter =
          Arbiter.builder()
              .withoutConstitution()
              .concurrency(4)
              .closeLimit(Duration.ZERO)
              .agent(
                  AgentProfile.of("ada"),
                  a -> {
                    late.addAndGet(closed.get() ? 1 : 0);
                    return WorkReport.of("x");
                  })
              .build();
      Thread submitter =
          new Thread(
              () -> {
                try {
                  while (true) {
                    handles.add(arbiter.submit(TASK));
                    some.countDown();
                  }
                } catch (IllegalStateException | ArbiterException stopped) {
                  some.countDown();
                }
              });
      submitter.start();
      assertThat(some.await(20, TimeUnit.SECONDS)).isTrue();
      arbiter.close();
      closed.set(true);
      submitter.join();

      assertThat(late).hasValue(0);
      for (TaskHandle handle : handles) {
        assertThat(handle.result().toCompletableFuture()).as("%s", handle).isDone();
      }
    }
  }

  @Test
  void close_waits_for_the_agents_that_it_interrupted() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean returned = new AtomicBoolean();
    Agent slow =
        a -> {
          begun.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            Thread.sleep(100);
          }
          returned.set(true);
          return WorkReport.of("x");
        };
    Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .closeLimit(Duration.ZERO)
            .agent(AgentProfile.of("ada"), slow)
            .build();
    TaskHandle handle = arbiter.submit(TASK);
    begun.await();

    arbiter.close();

    assertThat(returned).isTrue();
    assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Cancelled.class);
  }

  @Test
  void a_constitution_that_never_answers_does_not_hold_up_the_close() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    StubConstitution stuck =
        new StubConstitution() {
          @Override
          public Verdict judge(dev.arbiter.agent.Assignment assignment, WorkReport report) {
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return super.judge(assignment, report);
          }
        };
    CountDownLatch judging = new CountDownLatch(1);
    Arbiter arbiter =
        Arbiter.builder()
            .constitution(stuck)
            .closeLimit(Duration.ZERO)
            .listener(
                event -> {
                  if (event instanceof TaskEvent.Verifying) {
                    judging.countDown();
                  }
                })
            .agent(AgentProfile.of("ada"), a -> WorkReport.of("x"))
            .build();
    TaskHandle handle = arbiter.submit(TASK);
    assertThat(judging.await(20, TimeUnit.SECONDS)).isTrue();

    arbiter.close();

    assertThat(((TaskResult.Failed) handle.await(Duration.ZERO)).cause())
        .isEqualTo(FailureCause.UNRECORDED);
    never.countDown();
  }

  /** It ends after its arbiter was closed, when the store has another owner. */
  @Test
  void a_task_that_was_left_behind_does_not_close_the_store_of_the_next_arbiter() throws Exception {
    CountDownLatch judging = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    StubConstitution slow =
        new StubConstitution() {
          @Override
          public Verdict judge(dev.arbiter.agent.Assignment assignment, WorkReport report) {
            judging.countDown();
            try {
              goOn.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return super.judge(assignment, report);
          }
        };
    Store store = Store.memory();
    List<Thread> workers = new CopyOnWriteArrayList<>();
    Arbiter first =
        Arbiter.builder()
            .constitution(slow)
            .closeLimit(Duration.ZERO)
            .store(store)
            .executor(
                work -> {
                  Thread thread = new Thread(work);
                  workers.add(thread);
                  thread.start();
                })
            .agent(AgentProfile.of("ada"), a -> WorkReport.of("x"))
            .build();
    TaskHandle unused = first.submit(TASK);
    assertThat(judging.await(20, TimeUnit.SECONDS)).isTrue();
    first.close();

    try (Arbiter second =
        Arbiter.builder()
            .withoutConstitution()
            .store(store)
            .agent(AgentProfile.of("ada"), a -> WorkReport.of("x"))
            .build()) {
      goOn.countDown();
      for (Thread worker : workers) {
        worker.join(TimeUnit.SECONDS.toMillis(20));
      }
      assertThat(second.submit(TASK).await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void a_task_of_priority_1_begins_in_a_flood_of_priority_10() throws Exception {
    AtomicInteger before = new AtomicInteger();
    List<String> order = new ArrayList<>();
    CompletableFuture<WorkReport> gate = new CompletableFuture<>();
    try (Arbiter arbiter =
        virtual()
            .concurrency(1)
            .queueCapacity(100_000)
            .asyncAgent(
                AgentProfile.of("ada"),
                a -> {
                  order.add(a.task().id());
                  return before.getAndIncrement() == 0
                      ? gate
                      : CompletableFuture.completedFuture(WorkReport.of("x"));
                })
            .build()) {
      arbiter.submit(TASK);
      TaskHandle low = arbiter.submit(Task.builder("fix").id("low").priority(1).build());
      for (int i = 0; i < 5_000; i++) {
        TaskHandle unused = arbiter.submit(Task.builder("fix").priority(10).build());
      }
      gate.complete(WorkReport.of("x"));

      assertThat(low.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(order.indexOf("low")).isLessThanOrEqualTo(Line.FAIR_EVERY);
    }
  }

  /** A decision without a policy: no store can write that, and the store is not to blame. */
  @Test
  void what_cannot_be_written_ends_its_task_and_no_other() throws Exception {
    Router inner = Router.leastLoaded();
    Router router =
        new Router() {
          @Override
          public RoutingDecision route(RoutingRequest request) {
            RoutingDecision decision = inner.route(request);
            return request.task().type().equals("odd") ? withoutPolicy(decision) : decision;
          }

          @Override
          public void learn(Outcome outcome) {}
        };
    try (Arbiter arbiter =
        virtual()
            .store(Store.of(new ListStorage()))
            .router(router)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle odd = arbiter.submit(Task.builder("odd").build());
      assertThat(((TaskResult.Failed) odd.await(SOON)).cause()).isEqualTo(FailureCause.INTERNAL);

      assertThat(arbiter.health().level()).isEqualTo(HealthReport.Level.HEALTHY);
      assertThat(arbiter.submit(TASK).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.find("default", odd.id()).orElseThrow().state())
          .isEqualTo(TaskState.FAILED);
      assertThat(arbiter.agents().all().get(0).active()).isZero();
    }
  }

  @SuppressWarnings("NullAway") // the mistake that is tested
  private static RoutingDecision withoutPolicy(RoutingDecision decision) {
    return new KeptDecision(decision.id(), decision.agent(), null);
  }
}
