/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Races with a window of a few instructions, each forced on one thread or two. */
class NarrowRacesTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Task TASK = Task.builder("fix").build();

  private final FakeTime time = new FakeTime();
  private final ManualScheduler scheduler = new ManualScheduler();
  private final HeldStore store = new HeldStore();
  private final AtomicInteger calls = new AtomicInteger();

  private CompletionStage<WorkReport> neverReport() {
    calls.incrementAndGet();
    return new CompletableFuture<>() {
      @Override
      public boolean cancel(boolean interrupt) {
        return false;
      }
    };
  }

  private ArbiterBuilder builder() {
    return Arbiter.builder()
        .asyncAgent(AgentProfile.of("ada"), assignment -> neverReport())
        .withoutConstitution()
        .sources(time.sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .closeLimit(Duration.ZERO);
  }

  /* Lets the tasks go on that the thread of the store must not work for. */
  private void sweep() {
    scheduler.tick();
    scheduler.tick();
  }

  /** A closing thread cancels every run it sees, also one between its submission and its batch. */
  @Test
  @SuppressWarnings("NullAway") // nothing drives the run
  void a_run_waits_for_the_store_before_any_thread_can_drive_it() {
    TaskRun run = new TaskRun(null, TASK, Instant.EPOCH, 0);

    assertThat(run.waits()).isEqualTo(Move.Waits.STORE);
  }

  @Test
  void the_news_of_a_kept_submission_is_not_taken_for_a_later_batch() {
    try (Arbiter arbiter = builder().store(store).build()) {
      store.hold();
      CompletionStage<?> unused = arbiter.submitAsync(TASK).thenRun(store::goAndComeBack);
      store.keepFirst();
      sweep();

      assertThat(calls).as("called before the store kept that it is called").hasValue(0);
      store.keepFirst();
      assertThat(calls).hasValue(1);
      store.release();
    }
  }

  @Test
  void a_store_that_comes_back_at_the_deadline_leaves_the_timers_in_order() throws Exception {
    try (Arbiter arbiter = builder().store(store).build()) {
      Duration oneSecond = Duration.ofSeconds(1);
      Task urgent = Task.builder("fix").deadline(oneSecond).build();
      TaskHandle first = arbiter.submit(urgent);
      store.onNextAppend(
          () -> {
            store.hold();
            store.goAndComeBack();
          });
      time.advance(oneSecond);
      scheduler.tick();
      store.release();
      TaskHandle second = arbiter.submit(urgent);

      assertTimeoutPreemptively(
          SOON,
          () -> {
            for (int i = 0; i < 100; i++) {
              time.advance(Duration.ofMillis(50));
              scheduler.tick();
            }
          });

      assertThat(((TaskResult.Failed) first.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
      assertThat(((TaskResult.Failed) second.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
    }
  }

  @Test
  void a_task_does_not_wait_for_an_agent_that_hung_while_it_was_chosen() throws Exception {
    List<Runnable> onRouted = new ArrayList<>();
    try (Arbiter arbiter =
        Arbiter.builder()
            .asyncAgent(
                AgentProfile.builder("ada").capacity(1).build(), assignment -> neverReport())
            .withoutConstitution()
            .sources(time.sources())
            .scheduler(scheduler)
            .executor(Runnable::run)
            .fallbacks(0)
            .attemptLimit(Duration.ofSeconds(1))
            .closeLimit(Duration.ZERO)
            .listener(
                event -> {
                  if (event instanceof TaskEvent.Routed && !onRouted.isEmpty()) {
                    onRouted.remove(0).run();
                  }
                })
            .build()) {
      TaskHandle first = arbiter.submit(TASK);
      onRouted.add(
          () -> {
            time.advance(Duration.ofSeconds(2));
            scheduler.tick();
            time.advance(Duration.ofSeconds(2));
            scheduler.tick();
          });

      TaskHandle second = arbiter.submit(TASK);

      assertThat(((TaskResult.Failed) first.await(SOON)).cause())
          .isEqualTo(FailureCause.AGENT_TIMEOUT);
      assertThat(((TaskResult.Failed) second.await(SOON)).cause()).isEqualTo(FailureCause.NO_AGENT);
    }
  }

  @Test
  void a_busy_executor_does_not_let_more_tasks_in_than_the_queue_has_room_for() {
    Queue<Runnable> offered = new ArrayDeque<>();
    try (Arbiter arbiter =
        builder().executor(offered::add).concurrency(1).queueCapacity(1).build()) {
      TaskHandle unused = arbiter.submit(TASK);
      unused = arbiter.submit(TASK);

      assertThatThrownBy(() -> arbiter.submit(TASK))
          .isInstanceOf(ArbiterException.class)
          .hasMessageContaining("2 tasks wait and the queue is full");
      while (!offered.isEmpty()) {
        offered.remove().run();
      }
      assertThatThrownBy(() -> arbiter.submit(TASK))
          .isInstanceOf(ArbiterException.class)
          .hasMessageContaining("1 tasks wait and the queue is full");
    }
  }

  /** Its wait was over and it was in the line when the store went, which still keeps the wait. */
  @Test
  void a_task_that_waits_again_after_the_store_came_back_takes_no_place() throws Exception {
    List<CompletableFuture<WorkReport>> work = new ArrayList<>();
    AgentProfile ada = AgentProfile.builder("ada").capability("java", 1).build();
    AgentProfile bob = AgentProfile.builder("bob").capability("sql", 1).build();
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .sources(time.sources())
            .scheduler(scheduler)
            .executor(Runnable::run)
            .closeLimit(Duration.ZERO)
            .store(store)
            .concurrency(1)
            .asyncAgent(ada, assignment -> neverReport())
            .asyncAgent(
                bob,
                assignment -> {
                  work.add(new CompletableFuture<>());
                  return work.get(work.size() - 1);
                })
            .build()) {
      arbiter.agents().limit("ada", time.sources().clock().instant().plusSeconds(3_600));
      TaskHandle waits = arbiter.submit(Task.builder("fix").requires("java").build());
      TaskHandle first = arbiter.submit(Task.builder("fix").requires("sql").build());
      arbiter.agents().setStatus("ada", RegisteredAgent.Status.AVAILABLE);
      assertThat(arbiter.stats().waiting()).isEqualTo(1);
      arbiter.agents().limit("ada", time.sources().clock().instant().plusSeconds(3_600));

      store.goAndComeBack();
      sweep();
      assertThat(((TaskRun) waits).waits()).isEqualTo(Move.Waits.OUTSIDE);
      assertThat(arbiter.stats().waiting()).isZero();
      work.get(0).complete(WorkReport.of("done"));
      assertThat(first.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  /* An agent that reports when it is told to; of each call, in order. */
  private final List<CompletableFuture<WorkReport>> work = new ArrayList<>();

  private ArbiterBuilder working() {
    return Arbiter.builder()
        .withoutConstitution()
        .sources(time.sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .closeLimit(Duration.ZERO)
        .store(store)
        .asyncAgent(
            AgentProfile.of("ada"),
            assignment -> {
              work.add(new CompletableFuture<>());
              return work.get(work.size() - 1);
            });
  }

  private static final Task NAMED = Task.builder("fix").id("T-1").build();
  private static final String KEY = KeptValue.key("default", "T-1");

  /** The store has it, and the submitting thread does not know yet. */
  @Test
  void a_task_that_is_kept_as_the_store_goes_away_runs_when_it_is_back() throws Exception {
    try (Arbiter arbiter = working().build()) {
      store.hold();
      CompletableFuture<TaskHandle> accepted = arbiter.submitAsync(NAMED).toCompletableFuture();
      store.goAndComeBackBeforeItTells();
      store.release();
      sweep();

      assertThat(work).hasSize(1);
      work.get(0).complete(WorkReport.of("done"));
      assertThat(accepted.join().await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /** It has waited too long as the store comes back, and hears of both at once. */
  @Test
  void an_end_without_a_record_is_kept_though_the_store_comes_back_in_that_moment()
      throws Exception {
    Queue<Runnable> offered = new ArrayDeque<>();
    try (Arbiter arbiter = working().executor(offered::add).build()) {
      TaskHandle handle = arbiter.submit(NAMED);
      runAll(offered);
      store.go();
      work.get(0).complete(WorkReport.of("done"));
      runAll(offered);
      time.advance(Duration.ofSeconds(31));
      scheduler.tick();
      store.comeBack();
      runAll(offered);

      assertThat(((TaskResult.Failed) handle.await(SOON)).cause())
          .isEqualTo(FailureCause.UNRECORDED);
      assertThat(store.has(KeptValue.TASK + KEY)).as("the next process would run it").isFalse();
    }
  }

  private static void runAll(Queue<Runnable> offered) {
    while (!offered.isEmpty()) {
      offered.remove().run();
    }
  }

  @Test
  void an_end_without_a_record_ends_no_later_task_of_its_id() throws Exception {
    try (Arbiter arbiter = working().build()) {
      TaskHandle first = arbiter.submit(NAMED);
      TaskHandle other = arbiter.submit(TASK);
      store.onNextAppend(
          () -> {
            throw new IllegalStateException("once");
          });
      work.get(0).complete(WorkReport.of("done"));
      time.advance(Duration.ofSeconds(31));
      sweep();
      assertThat(((TaskResult.Failed) first.await(SOON)).cause())
          .isEqualTo(FailureCause.UNRECORDED);
      work.get(1).complete(WorkReport.of("done"));
      assertThat(other.await(SOON).state()).isEqualTo(TaskState.COMPLETED);

      TaskHandle again = arbiter.submit(NAMED);
      store.goAndComeBack();
      sweep();
      work.get(2).complete(WorkReport.of("done"));

      assertThat(again.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /** The record of the first one is damaged, so that the id is free. */
  @Test
  void a_task_begins_anew_where_an_earlier_one_of_its_id_has_left_its_progress() {
    Arbiter first = working().build();
    TaskHandle unused = first.submit(NAMED);
    store.die();
    store.damage(KeptValue.TASK + KEY);
    Arbiter second = working().executor(job -> {}).build();
    unused = second.submit(NAMED);
    store.die();

    try (Arbiter third = working().build()) {
      assertThat(work).as("the second one began here for the first time").hasSize(2);
      assertThat(third.find("default", "T-1").orElseThrow().waitsFor()).isEmpty();
    }
  }
}
