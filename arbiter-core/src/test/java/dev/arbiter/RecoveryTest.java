/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.Store;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a second arbiter over the store of a first one does. */
class RecoveryTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final AgentProfile ADA = AgentProfile.of("ada");

  private final ListStorage disk = new ListStorage();
  private final List<String> calls = new CopyOnWriteArrayList<>();

  private static Task task(String id) {
    return Task.builder("refactor").id(id).payload("p").build();
  }

  private ArbiterBuilder over(ListStorage storage) {
    return Arbiter.builder()
        .withoutConstitution()
        .closeLimit(Duration.ZERO)
        .store(Store.of(storage));
  }

  private WorkReport done(Assignment assignment) {
    calls.add(assignment.task().id() + "#" + assignment.attempt());
    return WorkReport.of("done " + assignment.task().id());
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void untilItWaits(TaskHandle handle) throws InterruptedException {
    for (int i = 0; i < 4_000 && handle.waitsFor().isEmpty(); i++) {
      Thread.sleep(5);
    }
  }

  /** An arbiter whose process dies while its agent works at a task. */
  private ListStorage diesWhileWorking(AgentProfile profile) throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        over(disk)
            .asyncAgent(
                profile,
                assignment -> {
                  calls.add(assignment.task().id() + "#" + assignment.attempt());
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    first.submit(task("T-1"));
    await(working);
    ListStorage left = disk.cut();
    first.close();
    return left;
  }

  @Test
  void a_completed_task_is_found_and_not_run_again() throws Exception {
    Task keyed = Task.builder("refactor").idempotencyKey("k-1").payload("p").build();
    Task named = Task.builder("refactor").id("T-9").idempotencyKey("k-2").build();
    TaskResult end;
    try (Arbiter first = over(disk).agent(ADA, this::done).build()) {
      end = first.submit(keyed).await(SOON);
      assertThat(first.submit(named).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
    assertThat(calls).hasSize(2);

    try (Arbiter second = over(disk.cut()).agent(ADA, this::done).build()) {
      TaskHandle again = second.submit(keyed);
      assertThat(again.await(SOON)).isEqualTo(end);
      assertThat(second.find("default", end.task().id()).orElseThrow().await(SOON)).isEqualTo(end);
      assertThat(second.submit(named).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(second.find("default", "T-9").orElseThrow().cancel("too late")).isFalse();
      assertThat(second.find("default", "T-unknown")).isEmpty();
      assertThatThrownBy(
              () ->
                  second.submit(
                      Task.builder("refactor").idempotencyKey("k-1").payload("other").build()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("k-1");
    }
    assertThat(calls).hasSize(2);
  }

  @Test
  void a_key_is_known_as_long_as_the_end_of_its_task_is_kept() throws Exception {
    Task keyed = Task.builder("refactor").idempotencyKey("k-1").payload("p").build();
    try (Arbiter first = over(disk).agent(ADA, this::done).build()) {
      first.submit(keyed).await(SOON);
    }
    disk.forget(Instant.now().minusSeconds(3_600));
    try (Arbiter second = over(disk).agent(ADA, this::done).build()) {
      second.submit(keyed).await(SOON);
    }
    assertThat(calls).hasSize(1);
  }

  @Test
  void a_task_whose_agent_worked_waits_for_a_person() throws Exception {
    ListStorage left = diesWhileWorking(ADA);
    List<TaskEvent> heard = new CopyOnWriteArrayList<>();
    try (Arbiter second =
        over(left)
            .agent(ADA, this::done)
            .listener(event -> heard.add(event instanceof TaskEvent step ? step : heard.get(0)))
            .build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      untilItWaits(handle);
      assertThat(handle.waitsFor()).contains(new WaitReason.UnknownEffect("ada", 1));
      assertThat(second.stats().inFlight()).isZero();
      assertThat(calls).containsExactly("T-1#1");

      while (!handle.runAgain()) {
        Thread.sleep(5);
      }
      assertThat(handle.runAgain()).isFalse();
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(calls).containsExactly("T-1#1", "T-1#1");
    }
  }

  @Test
  void a_task_that_waits_for_a_person_waits_for_the_same_after_another_restart() throws Exception {
    ListStorage left = diesWhileWorking(ADA);
    Arbiter second = over(left).agent(ADA, this::done).build();
    TaskHandle handle = second.find("default", "T-1").orElseThrow();
    untilItWaits(handle);
    second.close();
    assertThatThrownBy(() -> handle.await(SOON))
        .isInstanceOf(ArbiterException.class)
        .hasMessageContaining("T-1");

    try (Arbiter third = over(left.cut()).agent(ADA, this::done).build()) {
      TaskHandle again = third.find("default", "T-1").orElseThrow();
      untilItWaits(again);
      assertThat(again.waitsFor()).contains(new WaitReason.UnknownEffect("ada", 1));
      assertThat(again.cancel("it was done by hand")).isTrue();
      assertThat(again.await(SOON)).isInstanceOf(TaskResult.Cancelled.class);
    }
    assertThat(calls).containsExactly("T-1#1");
  }

  @Test
  void an_idempotent_agent_is_called_again_with_the_same_key() throws Exception {
    AgentProfile idempotent = AgentProfile.builder("ada").idempotent().build();
    ListStorage left = diesWhileWorking(idempotent);
    List<String> keys = new ArrayList<>();
    keys.add(new Assignment(task("T-1"), "ada", 1, "", SOON).attemptKey());
    try (Arbiter second =
        over(left)
            .agent(
                idempotent,
                assignment -> {
                  keys.add(assignment.attemptKey());
                  return done(assignment);
                })
            .build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
    assertThat(calls).containsExactly("T-1#1", "T-1#1");
    assertThat(keys).hasSize(2).containsOnly(keys.get(0));
  }

  @Test
  void a_task_type_may_say_that_it_fails_or_runs_again() throws Exception {
    ListStorage left = diesWhileWorking(ADA);
    try (Arbiter second =
        over(left.cut()).afterCrash("refactor", AfterCrash.FAIL).agent(ADA, this::done).build()) {
      TaskResult end = second.find("default", "T-1").orElseThrow().await(SOON);
      assertThat(end).isInstanceOf(TaskResult.Failed.class);
      assertThat(((TaskResult.Failed) end).cause()).isEqualTo(FailureCause.UNKNOWN_EFFECT);
    }
    try (Arbiter second =
        over(left.cut())
            .afterCrash("refactor", AfterCrash.RUN_AGAIN)
            .agent(ADA, this::done)
            .build()) {
      TaskResult end = second.find("default", "T-1").orElseThrow().await(SOON);
      assertThat(end).isInstanceOf(TaskResult.Completed.class);
      assertThat(((TaskResult.Completed) end).attempts()).isEqualTo(1);
    }
  }

  @Test
  void close_leaves_to_the_store_what_has_not_begun() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        over(disk)
            .concurrency(2)
            .asyncAgent(
                ADA,
                assignment -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    List<TaskHandle> handles = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      handles.add(first.submit(task("T-" + i)));
    }
    await(working);
    first.close();

    int left = 0;
    for (TaskHandle handle : handles) {
      assertThat(handle.result().toCompletableFuture()).isDone();
      left += handle.result().toCompletableFuture().isCompletedExceptionally() ? 1 : 0;
    }
    assertThat(left).isBetween(18, 19);
    AtomicInteger ended = new AtomicInteger();
    try (Arbiter second =
        over(disk.cut())
            .agent(ADA, this::done)
            .listener(event -> ended.addAndGet(event instanceof TaskEvent.Concluded ? 1 : 0))
            .build()) {
      for (int i = 0; i < 20; i++) {
        Optional<TaskHandle> handle = second.find("default", "T-" + i);
        assertThat(handle.orElseThrow().await(SOON).state())
            .isIn(TaskState.COMPLETED, TaskState.CANCELLED);
      }
    }
    assertThat(ended).hasValue(left);
    assertThat(calls).hasSize(left).doesNotHaveDuplicates();
  }

  /** Otherwise the storage would refuse it, and take the tenure from the tasks. */
  @Test
  void a_snapshot_that_no_store_keeps_is_left_out() throws Exception {
    byte[] large = new byte[100_000_001];
    AtomicInteger restored = new AtomicInteger();
    Durable part =
        new Durable() {
          @Override
          public String durableName() {
            return "large";
          }

          @Override
          public byte[] snapshot() {
            return large;
          }

          @Override
          public void restore(byte[] snapshot) {
            restored.incrementAndGet();
          }
        };
    over(disk).durable(part).agent(ADA, this::done).build().close();
    try (Arbiter second = over(disk).durable(part).agent(ADA, this::done).build()) {
      second.submit(task("T-1")).await(SOON);
      assertThat(second.stats().storeErrors()).isZero();
    }
    assertThat(restored).hasValue(0);
  }

  /** The process dies at every single append, before and after the write. */
  @Test
  void after_a_death_at_any_append_every_accepted_task_ends_once() throws Exception {
    for (int at = 2; at < 30; at++) {
      for (boolean keepsTheLast : new boolean[] {false, true}) {
        diesAt(at, keepsTheLast);
      }
    }
  }

  private void diesAt(int at, boolean keepsTheLast) throws Exception {
    ListStorage storage = new ListStorage();
    storage.diesAt = at;
    storage.keepsTheLast = keepsTheLast;
    AgentProfile idempotent = AgentProfile.builder("ada").idempotent().build();
    List<String> accepted = new ArrayList<>();
    Arbiter first =
        over(storage)
            .storeLimit(Duration.ofMillis(1))
            .agent(idempotent, assignment -> WorkReport.of("done"))
            .build();
    List<String> ended = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      try {
        TaskHandle handle = first.submit(task("T-" + i));
        accepted.add(handle.id());
        TaskResult end = handle.await(SOON);
        boolean recorded =
            !(end instanceof TaskResult.Failed failed && failed.cause() == FailureCause.UNRECORDED);
        if (recorded) {
          ended.add(handle.id());
        }
      } catch (ArbiterException away) {
        break;
      }
    }
    ListStorage left = storage.cut();
    first.close();

    List<String> again = new CopyOnWriteArrayList<>();
    try (Arbiter second =
        over(left)
            .agent(
                idempotent,
                assignment -> {
                  again.add(assignment.task().id());
                  return WorkReport.of("done");
                })
            .build()) {
      for (String id : accepted) {
        TaskHandle handle =
            second
                .find("default", id)
                .orElseThrow(() -> new AssertionError(id + " was accepted and is lost at " + at));
        assertThat(handle.await(SOON))
            .as("%s at %s", id, at)
            .isInstanceOf(TaskResult.Completed.class);
      }
      assertThat(again).filteredOn(ended::contains).isEmpty();
      assertThat(again).doesNotHaveDuplicates();
    }
  }

  @Test
  void a_full_disk_holds_tasks_up_and_they_go_on() throws Exception {
    try (Arbiter arbiter = over(disk).agent(ADA, this::done).build()) {
      disk.full = true;
      assertThatThrownBy(() -> arbiter.submit(task("T-1")))
          .isInstanceOf(ArbiterException.class)
          .hasStackTraceContaining("disk full");
      disk.full = false;
      TaskHandle handle = null;
      while (handle == null) {
        try {
          handle = arbiter.submit(task("T-2"));
        } catch (ArbiterException away) {
          Thread.sleep(10);
        }
      }
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  /** With an executor on the calling thread, agents run on a thread of the store. */
  @Test
  void an_agent_that_the_store_completes_may_submit_and_wait() throws Exception {
    disk.millis = 20;
    AtomicReference<@Nullable Arbiter> own = new AtomicReference<>();
    Arbiter arbiter =
        over(disk)
            .executor(Runnable::run)
            .agent(
                ADA,
                assignment -> {
                  if (assignment.task().id().equals("outer")) {
                    TaskResult inner =
                        Objects.requireNonNull(own.get()).submit(task("inner")).await(SOON);
                    return WorkReport.of(inner.state().name());
                  }
                  return done(assignment);
                })
            .build();
    own.set(arbiter);

    TaskResult outer = arbiter.submit(task("outer")).await(SOON);
    arbiter.close();

    assertThat(((TaskResult.Completed) outer).report().output()).isEqualTo("COMPLETED");
  }

  /** The thread of the store must be free: the listener waits for it. */
  @Test
  void what_hears_of_a_recovery_may_submit_and_wait() throws Exception {
    comesBack(Runnable::run);
  }

  @Test
  void an_executor_that_rejects_leaves_no_work_to_the_thread_of_the_store() throws Exception {
    comesBack(
        work -> {
          throw new RejectedExecutionException("full");
        });
  }

  private void comesBack(Executor executor) throws Exception {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    AtomicReference<@Nullable Arbiter> own = new AtomicReference<>();
    Arbiter arbiter =
        over(disk)
            .executor(executor)
            .asyncAgent(
                ADA,
                assignment ->
                    assignment.task().id().equals("T-1")
                        ? report
                        : CompletableFuture.completedFuture(done(assignment)))
            .listener(
                event -> {
                  if (event instanceof TaskEvent.Recovered) {
                    TaskHandle unused =
                        Objects.requireNonNull(own.get()).submit(task("of the listener"));
                  }
                })
            .build();
    own.set(arbiter);
    TaskHandle first = arbiter.submit(task("T-1"));
    disk.full = true;
    assertThatThrownBy(() -> arbiter.submit(task("T-2"))).isInstanceOf(ArbiterException.class);
    disk.full = false;
    // A thread that submits does what the executor rejected.
    WaitingWorld.until(() -> isAccepted(arbiter));
    report.complete(WorkReport.of("done"));

    assertThat(first.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    WaitingWorld.until(() -> calls.contains("of the listener#1"));
    arbiter.close();
  }

  private static boolean isAccepted(Arbiter arbiter) {
    try {
      TaskHandle unused = arbiter.submit(Task.builder("refactor").build());
      return true;
    } catch (ArbiterException away) {
      return false;
    }
  }

  @Test
  void a_second_arbiter_takes_no_store_from_the_first() throws Exception {
    for (Store store : List.of(Store.memory(), Store.of(disk))) {
      ArbiterBuilder builder =
          Arbiter.builder().withoutConstitution().store(store).agent(ADA, this::done);
      try (Arbiter first = builder.build()) {
        assertThatThrownBy(builder::build)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("is open already");

        assertThat(first.submit(task("T-1")).await(SOON)).isInstanceOf(TaskResult.Completed.class);
        assertThat(first.stats().storeErrors()).isZero();
      }
    }
  }

  @Test
  void a_second_store_takes_no_storage_from_the_first() throws Exception {
    try (Arbiter first = over(disk).agent(ADA, this::done).build()) {
      assertThatThrownBy(over(disk).agent(ADA, this::done)::build)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is open already");

      assertThat(first.submit(task("T-1")).await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void deadlines_go_on_over_a_restart() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        over(disk)
            .concurrency(1)
            .asyncAgent(
                ADA,
                assignment -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    first.submit(task("T-1"));
    await(working);
    first.submit(Task.builder("refactor").id("T-2").deadline(Duration.ofMillis(50)).build());
    first.close();
    Thread.sleep(60);

    try (Arbiter second = over(disk.cut()).agent(ADA, this::done).build()) {
      TaskResult end = second.find("default", "T-2").orElseThrow().await(SOON);
      assertThat(end).isInstanceOf(TaskResult.Failed.class);
      assertThat(((TaskResult.Failed) end).cause()).isEqualTo(FailureCause.DEADLINE);
    }
    assertThat(calls).doesNotContain("T-2#1");
  }

  @Test
  void a_payload_above_the_limit_is_refused_at_once() {
    try (Arbiter arbiter = over(disk).agent(ADA, this::done).build()) {
      Task large = Task.builder("refactor").payload("x".repeat(17 << 20)).build();

      assertThatThrownBy(() -> arbiter.submit(large))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("16,777,216");
    }
  }

  @Test
  void a_reason_of_any_length_cancels() throws Exception {
    try (Arbiter arbiter = over(disk).agent(ADA, this::done).build()) {
      Instant later = Instant.now().plus(Duration.ofDays(1));
      TaskHandle handle =
          arbiter.submit(Task.builder("refactor").id("T-1").notBefore(later).build());

      assertThat(handle.cancel("r".repeat(1 << 20))).isTrue();
      TaskResult.Cancelled end = (TaskResult.Cancelled) handle.await(SOON);
      assertThat(end.reason()).hasSize(65_536);
    }
  }

  @Test
  void all_texts_of_a_report_are_limited() throws Exception {
    String most = "x".repeat(16 << 20);
    FileChange change = new FileChange("a", 1, 0);
    List<WorkReport> tooLarge =
        List.of(
            WorkReport.of(most + "x"),
            WorkReport.of(most).withChanges(List.of(change)),
            WorkReport.of("").withEvidence(Evidence.of("g", true, most)));
    List<WorkReport> reports = new ArrayList<>(tooLarge);
    reports.add(WorkReport.of(most));
    try (Arbiter arbiter =
        over(disk).agent(ADA, work -> reports.get(work.task().priority() - 1)).build()) {
      for (int i = 0; i < reports.size(); i++) {
        Task task = Task.builder("refactor").priority(i + 1).build();
        TaskResult end = arbiter.submit(task).await(SOON);
        if (i < tooLarge.size()) {
          assertThat(((TaskResult.Failed) end).message()).contains("16,777,21", "16,777,216");
        } else {
          assertThat(end).isInstanceOf(TaskResult.Completed.class);
        }
      }
    }
  }

  /** A thread that ends the last task must not leave the store open behind close. */
  @Test
  void the_store_is_closed_when_close_returns() throws Exception {
    for (int i = 0; i < 300; i++) {
      try (Arbiter next = over(disk).agent(ADA, this::done).build()) {
        assertThat(next.submit(task("T-" + i)).await(SOON)).isNotNull();
      }
    }
    Store shared = Store.of(disk);
    Arbiter first =
        Arbiter.builder().withoutConstitution().store(shared).agent(ADA, this::done).build();
    first.close();
    try (Arbiter second =
        Arbiter.builder().withoutConstitution().store(shared).agent(ADA, this::done).build()) {
      first.close();
      assertThat(second.submit(task("T-last")).await(SOON))
          .isInstanceOf(TaskResult.Completed.class);
    }
  }
}
