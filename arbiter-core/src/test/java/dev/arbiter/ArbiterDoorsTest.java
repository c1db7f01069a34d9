/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.insight.Rating;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The doors of an arbiter: who is let in, what is found, what is counted, and how it closes. */
class ArbiterDoorsTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final int MOST_TEXT = 16_777_216;

  private final WaitingWorld world = new WaitingWorld();
  private final List<CompletableFuture<WorkReport>> reports = new CopyOnWriteArrayList<>();

  private CompletionStage<WorkReport> works(Assignment assignment) {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    reports.add(report);
    return report;
  }

  private static Task task(String id) {
    return Task.builder("fix").id(id).build();
  }

  private Task later(String id) {
    return Task.builder("fix").id(id).notBefore(world.now().plusSeconds(600)).build();
  }

  /** A store in memory that counts. */
  private static final class CountedStore implements Store {
    private final Store inner = Store.memory();
    private int closed;
    private @Nullable RuntimeException opening;
    private @Nullable RuntimeException closing;

    @Override
    public void open(Owner owner) {
      if (opening != null) {
        throw opening;
      }
      inner.open(owner);
    }

    @Override
    public boolean isKept() {
      return false;
    }

    @Override
    public void close() {
      closed++;
      inner.close();
      if (closing != null) {
        throw closing;
      }
    }
  }

  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void a_task_that_is_null_is_refused_at_the_call() {
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      assertThatThrownBy(() -> arbiter.submit(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("task must not be null");
      assertThatThrownBy(() -> arbiter.submitAsync(null)).isInstanceOf(NullPointerException.class);
    }
  }

  @Test
  void a_store_keeps_payload_and_spec_up_to_a_limit_together() {
    String half = "x".repeat(MOST_TEXT / 2);
    Task fits = Task.builder("fix").payload(half).spec(SpecRef.text(half)).build();
    Task payload = Task.builder("fix").payload(half + half + "x").build();
    Task spec = Task.builder("fix").payload(half).spec(SpecRef.text(half + "x")).build();
    try (Arbiter arbiter = world.arbiter(new ListStorage()).asyncAgent(ADA, this::works).build()) {
      for (Task tooLong : List.of(payload, spec)) {
        assertThatThrownBy(() -> arbiter.submit(tooLong))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("have 16,777,217 characters, the store keeps at most 16,777,216")
            .hasMessageContaining("give a reference");
      }
      assertThat(arbiter.submit(fits).state().isEnd()).isFalse();
    }
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      assertThat(arbiter.submit(payload).state()).as("in memory").isEqualTo(TaskState.EXECUTING);
    }
  }

  @Test
  void while_so_many_wait_outside_no_further_task_is_accepted() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .waitingCapacity(2)
            .agent(ADA, assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle first = arbiter.submit(later("T-1"));
      assertThat(arbiter.submit(task("T-2")).state())
          .as("one waits, two may")
          .isEqualTo(TaskState.COMPLETED);
      TaskHandle second = arbiter.submit(later("T-3"));

      ArbiterException refused =
          catchThrowableOfType(ArbiterException.class, () -> arbiter.submit(task("T-4")));

      assertThat(refused)
          .hasMessageContaining("task 'T-4' was not accepted: 2 tasks wait for something outside")
          .hasMessageContaining("waitingCapacity");
      assertThat(refused.retryAfter()).contains(Duration.ofSeconds(10));
      assertThat(arbiter.find("default", "T-4")).isEmpty();
      assertThat(second.cancel("not needed")).isTrue();
      assertThat(arbiter.submit(task("T-4")).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(WaitingWorld.waitsFor(first, WaitReason.NotBefore.class)).isTrue();
    }
  }

  /* Ten tasks got a place within the last second, and ten wait: so a new one waits for a second. */
  private Arbiter withALineOfOneSecond() {
    Arbiter arbiter = world.arbiter().concurrency(1).asyncAgent(ADA, this::works).build();
    world.scheduler.tick();
    for (int i = 0; i < 21; i++) {
      TaskHandle unused = arbiter.submit(Task.builder("fix").build());
    }
    for (int i = 0; i < 10; i++) {
      reports.get(i).complete(WorkReport.of("done"));
    }
    world.time.advance(Duration.ofSeconds(1));
    world.scheduler.tick();
    assertThat(arbiter.stats().waiting()).isEqualTo(10);
    return arbiter;
  }

  @Test
  void a_task_that_would_wait_for_more_than_half_of_its_deadline_is_refused() {
    try (Arbiter arbiter = withALineOfOneSecond()) {
      Duration tight = Duration.ofSeconds(2).minusNanos(1);
      Task late = Task.builder("fix").id("T-1").deadline(tight).build();

      ArbiterException refused =
          catchThrowableOfType(ArbiterException.class, () -> arbiter.submit(late));

      assertThat(refused)
          .hasMessageContaining("task 'T-1' was not accepted: it would wait about PT1S for a place")
          .hasMessageContaining("more than half of its deadline of " + tight);
      assertThat(refused.retryAfter()).contains(Duration.ofNanos(1));
      ArbiterException later =
          catchThrowableOfType(
              ArbiterException.class,
              () -> arbiter.submit(Task.builder("fix").deadline(Duration.ofMillis(500)).build()));
      assertThat(later.retryAfter()).contains(Duration.ofMillis(750));
    }
  }

  @Test
  void a_task_with_time_enough_or_priority_enough_is_let_in() {
    try (Arbiter arbiter = withALineOfOneSecond()) {
      Task.Builder urgent = Task.builder("fix").deadline(Duration.ofMillis(10)).priority(9);
      Task.Builder patient = Task.builder("fix").deadline(Duration.ofSeconds(2));

      assertThat(arbiter.submit(patient.build()).state()).isEqualTo(TaskState.RECEIVED);
      assertThat(arbiter.submit(urgent.build()).state()).isEqualTo(TaskState.RECEIVED);
      assertThat(arbiter.submit(Task.builder("fix").build()).state())
          .as("without a deadline")
          .isEqualTo(TaskState.RECEIVED);
      assertThat(arbiter.stats().waiting()).isEqualTo(13);
    }
  }

  @Test
  void a_task_is_found_by_tenant_and_id_while_it_lives() throws Exception {
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task("T-1"));
      assertThat(arbiter.find("default", "T-1")).containsSame(handle);
      assertThat(arbiter.find("other", "T-1")).isEmpty();
      assertThat(arbiter.find("default", "T-2")).isEmpty();
      assertThat(handle.id()).isEqualTo("T-1");
      reports.get(0).complete(WorkReport.of("done"));

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.find("default", "T-1")).as("memory keeps no ends").isEmpty();
    }
  }

  @Test
  void a_task_that_ended_is_found_and_rated_after_a_restart() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first =
        world
            .arbiter(disk)
            .fallbacks(0)
            .agent(
                ADA,
                assignment -> {
                  if (assignment.task().id().equals("T-2")) {
                    throw new IllegalStateException("no");
                  }
                  return WorkReport.of("done");
                })
            .build()) {
      assertThat(first.submit(task("T-1")).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(first.submit(task("T-2")).await(SOON).state()).isEqualTo(TaskState.FAILED);
    }
    try (Arbiter second = world.arbiter(disk.cut()).asyncAgent(ADA, this::works).build()) {
      TaskHandle found = second.find("default", "T-1").orElseThrow();
      assertThat(found.state()).isEqualTo(TaskState.COMPLETED);
      assertThat(((TaskResult.Completed) found.await(Duration.ZERO)).report().output())
          .isEqualTo("done");
      assertThat(found.cancel("too late")).isFalse();
      assertThat(found.runAgain()).isFalse();

      second.rate(new Rating("default", "T-1", "eve", 4));
      assertThatThrownBy(() -> second.rate(new Rating("default", "T-1", "eve", 5)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("has rated");
      assertThatThrownBy(() -> second.rate(new Rating("default", "T-2", "eve", 5)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("task 'T-2' is FAILED; only completed work can be rated");
      assertThatThrownBy(() -> second.rate(new Rating("default", "T-9", "eve", 5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("task 'T-9' of tenant 'default' is unknown or was forgotten");
      TaskHandle running = second.submit(task("T-3"));
      WaitingWorld.until(() -> running.state() == TaskState.EXECUTING);
      assertThatThrownBy(() -> second.rate(new Rating("default", "T-3", "eve", 5)))
          .hasMessage("task 'T-3' is EXECUTING; only completed work can be rated");
    }
  }

  @Test
  void a_key_of_a_dead_process_has_its_end_and_is_taken_for_another_task() throws Exception {
    ListStorage disk = new ListStorage();
    Task.Builder keyed = Task.builder("fix").idempotencyKey("k-1");
    String id;
    try (Arbiter first =
        world.arbiter(disk).agent(ADA, assignment -> WorkReport.of("first")).build()) {
      TaskHandle handle = first.submit(keyed.build());
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      id = handle.id();
    }
    try (Arbiter second = world.arbiter(disk.cut()).asyncAgent(ADA, this::works).build()) {
      TaskHandle again = second.submit(keyed.build());
      assertThat(again.id()).isEqualTo(id);
      assertThat(((TaskResult.Completed) again.await(SOON)).report().output()).isEqualTo("first");
      assertThatThrownBy(() -> second.submit(keyed.payload("other").build()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("k-1");
      TaskHandle other =
          second.submit(Task.builder("fix").tenant("other").idempotencyKey("k-1").build());
      WaitingWorld.until(() -> reports.size() == 1);
      assertThat(other.state()).isEqualTo(TaskState.EXECUTING);
    }
  }

  @Test
  void the_counts_are_those_of_the_moment() {
    try (Arbiter arbiter =
        world
            .arbiter()
            .concurrency(2)
            .listener(
                event -> {
                  throw new IllegalStateException("deaf");
                })
            .asyncAgent(ADA, this::works)
            .build()) {
      long errors = arbiter.stats().listenerErrors();
      assertThat(errors).as("the registration").isEqualTo(1);
      for (int i = 0; i < 5; i++) {
        TaskHandle unused = arbiter.submit(Task.builder("fix").build());
      }
      assertThat(arbiter.stats().inFlight()).isEqualTo(2);
      assertThat(arbiter.stats().waiting()).isEqualTo(3);
      assertThat(arbiter.stats().listenerErrors()).isGreaterThan(errors);
      assertThat(arbiter.stats().learningErrors()).isZero();
      assertThat(arbiter.stats().storeErrors()).isZero();
      assertThat(arbiter.stats().executorErrors()).isZero();
      assertThat(arbiter.stats().abandoned()).isZero();
    }
  }

  @Test
  void the_doors_to_agents_and_questions_are_always_the_same() {
    try (Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build()) {
      assertThat(arbiter.agents()).isSameAs(arbiter.agents());
      assertThat(arbiter.agents().all()).extracting(RegisteredAgent::id).containsExactly("ada");
      assertThat(arbiter.approvals()).isSameAs(arbiter.approvals());
      assertThat(arbiter.approvals().open()).isEmpty();
      assertThat(arbiter.balances()).isEmpty();
      assertThat(arbiter.balances("acme")).isEmpty();
    }
  }

  /** A scheduler never repeats a task that threw. */
  @Test
  void a_sweep_that_failed_once_keeps_the_deadlines_the_next_time() throws Exception {
    AtomicBoolean broken = new AtomicBoolean();
    Sources own = world.time.sources();
    Sources faulty =
        new Sources(
            own.clock(),
            () -> {
              if (broken.get()) {
                throw new IllegalStateException("no clock");
              }
              return own.nanoTime().getAsLong();
            },
            own.random());
    try (Arbiter arbiter = world.arbiter().sources(faulty).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle =
          arbiter.submit(Task.builder("fix").deadline(Duration.ofSeconds(5)).build());
      broken.set(true);
      world.time.advance(Duration.ofSeconds(6));
      world.scheduler.tick();
      world.scheduler.tick();
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      broken.set(false);
      world.scheduler.tick();

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.FAILED);
    }
  }

  @Test
  void it_closes_its_store_once_however_often_it_is_closed() {
    CountedStore store = new CountedStore();
    Arbiter arbiter = world.arbiter().store(store).asyncAgent(ADA, this::works).build();
    assertThat(store.closed).isZero();
    arbiter.close();
    arbiter.close();

    assertThat(store.closed).isEqualTo(1);
    assertThatThrownBy(() -> arbiter.submit(task("T-1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the arbiter is closed and takes no task of type 'fix'");
  }

  @Test
  void a_store_that_cannot_be_closed_does_not_keep_it_open() {
    CountedStore store = new CountedStore();
    store.closing = new IllegalStateException("disk gone");
    Arbiter arbiter = world.arbiter().store(store).asyncAgent(ADA, this::works).build();

    arbiter.close();
    arbiter.close();

    assertThat(store.closed).isEqualTo(1);
  }

  @Test
  void a_store_that_cannot_be_opened_is_not_closed() {
    CountedStore store = new CountedStore();
    store.opening = new IllegalStateException("in use");
    ArbiterBuilder builder = Arbiter.builder().withoutConstitution().store(store);

    assertThatThrownBy(builder::build).isSameAs(store.opening);

    assertThat(store.closed).as("it may be that of another arbiter").isZero();
  }

  @Test
  void an_agent_that_cannot_be_registered_closes_the_store_again() {
    CountedStore store = new CountedStore();

    assertThatThrownBy(
            () ->
                world
                    .arbiter()
                    .store(store)
                    .asyncAgent(ADA, this::works)
                    .asyncAgent(ADA, this::works)
                    .build())
        .hasMessageContaining("'ada' is registered already");

    assertThat(store.closed).isEqualTo(1);
  }

  @Test
  void closing_cancels_what_waits_before_what_works_so_that_nothing_begins() throws Exception {
    Arbiter arbiter =
        world
            .arbiter()
            .concurrency(2)
            .asyncAgent(AgentProfile.builder("ada").capacity(1).build(), this::works)
            .build();
    List<TaskHandle> handles = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      handles.add(arbiter.submit(task("T-" + i)));
    }

    arbiter.close();

    assertThat(reports).hasSize(1);
    for (TaskHandle handle : handles) {
      TaskResult.Cancelled end = (TaskResult.Cancelled) handle.await(Duration.ZERO);
      assertThat(end.reason()).isEqualTo("the arbiter was closed");
    }
  }

  @Test
  void closing_waits_for_work_until_the_limit() throws Exception {
    AtomicInteger sweeps = new AtomicInteger();
    Arbiter arbiter = world.arbiter().closeLimit(SOON).asyncAgent(ADA, this::works).build();
    TaskHandle handle = arbiter.submit(task("T-1"));
    Thread closing = new Thread(arbiter::close);
    closing.start();
    WaitingWorld.until(() -> isRefused(arbiter, "T-" + (sweeps.incrementAndGet() + 1)));
    assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
    reports.get(0).complete(WorkReport.of("done"));
    closing.join(SOON.toMillis());

    assertThat(closing.isAlive()).isFalse();
    assertThat(handle.await(Duration.ZERO).state()).isEqualTo(TaskState.COMPLETED);
  }

  private static boolean isRefused(Arbiter arbiter, String id) {
    try {
      TaskHandle early = arbiter.submit(task(id));
      return !early.cancel("it came before the close");
    } catch (IllegalStateException closed) {
      return true;
    }
  }

  @Test
  void an_interrupt_ends_the_waiting_and_the_thread_stays_interrupted() throws Exception {
    Arbiter arbiter =
        world.arbiter().closeLimit(Duration.ofDays(1)).asyncAgent(ADA, this::works).build();
    TaskHandle handle = arbiter.submit(task("T-1"));
    Thread.currentThread().interrupt();

    arbiter.close();

    assertThat(Thread.interrupted()).isTrue();
    assertThat(handle.await(Duration.ZERO).state()).isEqualTo(TaskState.CANCELLED);
  }

  @Test
  void it_may_be_told_again_and_again_to_close_when_the_machine_shuts_down() {
    Arbiter arbiter = world.arbiter().asyncAgent(ADA, this::works).build();

    assertThat(arbiter.closeOnShutdown().closeOnShutdown()).isSameAs(arbiter);

    arbiter.close();
    arbiter.close();
  }

  @Test
  void the_sweep_ends_with_the_close() {
    ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1);
    try {
      Arbiter arbiter = world.arbiter().scheduler(pool).asyncAgent(ADA, this::works).build();
      assertThat(pool.getTaskCount()).isPositive();

      arbiter.close();

      assertThat(pool.isShutdown()).isFalse();
      assertThat(pool.getQueue()).allMatch(job -> ((Future<?>) job).isDone());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void tasks_that_run_or_stand_in_the_line_do_not_wait_outside() {
    try (Arbiter arbiter =
        world.arbiter().waitingCapacity(1).concurrency(2).asyncAgent(ADA, this::works).build()) {
      for (int i = 0; i < 9; i++) {
        TaskHandle unused = arbiter.submit(task("T-" + i));
      }
      assertThat(arbiter.stats().inFlight()).isEqualTo(2);
      assertThat(arbiter.stats().waiting()).isEqualTo(7);
    }
  }

  @Test
  void a_task_that_a_full_queue_refused_counts_for_no_guard() {
    try (Arbiter arbiter =
        world
            .arbiter()
            .concurrency(1)
            .queueCapacity(0)
            .guards(Guards.none().submissions(2, Duration.ofMinutes(1)))
            .asyncAgent(ADA, this::works)
            .build()) {
      TaskHandle first = arbiter.submit(task("T-1"));
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> arbiter.submit(task("T-2"))).hasMessageContaining("queue is full");
      }
      assertThat(first.cancel("make room")).isTrue();
      TaskHandle second = arbiter.submit(task("T-2"));
      assertThat(second.cancel("make room")).isTrue();

      ArbiterException refused =
          catchThrowableOfType(ArbiterException.class, () -> arbiter.submit(task("T-3")));

      assertThat(refused).hasMessageContaining("velocity guard").hasMessageContaining("later");
      assertThat(refused.retryAfter()).contains(Duration.ofMinutes(1));
    }
  }

  @Test
  void a_task_over_its_rate_counts_for_no_guard() {
    try (Arbiter arbiter =
        world
            .arbiter()
            .tenantRate(RateLimit.of(1, Duration.ofSeconds(10)).refusing())
            .guards(Guards.none().submissions(2, Duration.ofMinutes(1)))
            .asyncAgent(ADA, this::works)
            .build()) {
      TaskHandle unused = arbiter.submit(task("T-1"));
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> arbiter.submit(task("T-2"))).hasMessageContaining("its rate of");
      }
      world.time.advance(Duration.ofSeconds(10));

      assertThat(arbiter.submit(task("T-2")).state()).isEqualTo(TaskState.EXECUTING);
    }
  }
}
