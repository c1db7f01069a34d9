/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An arbiter that is closed with 10,000 tasks in flight and 2,000 in the line. */
class CloseTest {
  private static final int IN_FLIGHT = 10_000;
  private static final int WAITING = 2_000;

  private final Queue<CompletableFuture<WorkReport>> calls = new ConcurrentLinkedQueue<>();
  private final Map<String, Queue<TaskResult>> heard = new ConcurrentHashMap<>();
  private final AtomicInteger begun = new AtomicInteger();

  private Arbiter arbiter(Duration closeLimit) {
    return Arbiter.builder()
        .withoutConstitution()
        .concurrency(IN_FLIGHT)
        .closeLimit(closeLimit)
        .asyncAgent(
            AgentProfile.builder("ada").capacity(IN_FLIGHT).build(),
            assignment -> {
              CompletableFuture<WorkReport> report = new CompletableFuture<>();
              calls.add(report);
              begun.incrementAndGet();
              return report;
            })
        .listener(
            event -> {
              if (event instanceof TaskEvent.Concluded end) {
                heard
                    .computeIfAbsent(end.task().id(), id -> new ConcurrentLinkedQueue<>())
                    .add(end.result());
              }
            })
        .build();
  }

  private List<TaskHandle> submitAll(Arbiter arbiter) throws InterruptedException {
    List<TaskHandle> handles = new ArrayList<>();
    for (int i = 0; i < IN_FLIGHT + WAITING; i++) {
      handles.add(arbiter.submit(Task.builder("fix").build()));
    }
    await(() -> begun.get() == IN_FLIGHT && arbiter.stats().waiting() == WAITING);
    assertThat(arbiter.stats().inFlight()).isEqualTo(IN_FLIGHT);
    return handles;
  }

  private static void await(BooleanSupplier what) throws InterruptedException {
    for (int i = 0; i < 2_000 && !what.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertThat(what.getAsBoolean()).isTrue();
  }

  /* Each handle is complete, and listeners heard the same end once. */
  private void assertEnded(List<TaskHandle> handles, Arbiter arbiter) {
    assertThat(heard).hasSameSizeAs(handles);
    for (TaskHandle handle : handles) {
      CompletableFuture<TaskResult> result = handle.result().toCompletableFuture();
      assertThat(result).isDone();
      assertThat(heard.get(handle.task().id())).containsExactly(result.join());
    }
    assertThat(arbiter.stats().inFlight()).isZero();
    assertThat(arbiter.stats().waiting()).isZero();
    assertThat(arbiter.agents().all().get(0).active()).isZero();
  }

  private long completed() {
    return heard.values().stream()
        .filter(ends -> ends.peek() instanceof TaskResult.Completed)
        .count();
  }

  @Test
  void ends_each_task_once_though_no_agent_reports() throws Exception {
    Arbiter arbiter = arbiter(Duration.ZERO);
    List<TaskHandle> handles = submitAll(arbiter);

    arbiter.close();

    assertEnded(handles, arbiter);
    assertThat(completed()).isZero();
    assertThat(begun).as("nothing begins while the arbiter closes").hasValue(IN_FLIGHT);
    assertThat(calls).allMatch(CompletableFuture::isCancelled);
  }

  @Test
  void waits_for_agents_that_report_and_for_the_line() throws Exception {
    Arbiter arbiter = arbiter(Duration.ofMinutes(1));
    List<TaskHandle> handles = submitAll(arbiter);
    Thread reports = reporting(IN_FLIGHT + WAITING);

    arbiter.close();
    reports.join();

    assertEnded(handles, arbiter);
    assertThat(completed()).isEqualTo(IN_FLIGHT + WAITING);
  }

  @Test
  void ends_each_task_once_while_reports_race_with_the_cancellation() throws Exception {
    Arbiter arbiter = arbiter(Duration.ZERO);
    List<TaskHandle> handles = submitAll(arbiter);
    Thread reports = reporting(IN_FLIGHT);

    arbiter.close();
    reports.join();

    assertEnded(handles, arbiter);
  }

  @Test
  void nothing_begins_with_a_slot_that_a_cancelled_task_gives_back() throws Exception {
    Arbiter arbiter = arbiter(Duration.ZERO);
    arbiter.agents().update(AgentProfile.builder("ada").capacity(10).build());
    for (int i = 0; i < 100; i++) {
      arbiter.submit(Task.builder("fix").build());
    }
    await(() -> begun.get() == 10 && arbiter.agents().all().get(0).queued() == 90);

    arbiter.close();

    assertThat(heard).hasSize(100);
    assertThat(begun).hasValue(10);
  }

  /** A thread that lets that many calls report. */
  private Thread reporting(int most) {
    Thread thread =
        new Thread(
            () -> {
              for (int done = 0; done < most; ) {
                CompletableFuture<WorkReport> call = calls.poll();
                if (call == null) {
                  Thread.onSpinWait();
                } else {
                  call.complete(WorkReport.of("done"));
                  done++;
                }
              }
            });
    thread.start();
    return thread;
  }

  /* Each waits for all other tasks, and so they would wait for each other. */
  @Test
  void agents_that_close_at_once_do_not_wait_for_each_other() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    AtomicReference<@Nullable Arbiter> own = new AtomicReference<>();
    Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .closeLimit(Duration.ofSeconds(5))
            .agent(
                AgentProfile.builder("ada").capacity(2).build(),
                assignment -> {
                  both.countDown();
                  both.await();
                  Objects.requireNonNull(own.get()).close();
                  return WorkReport.of("done");
                })
            .build();
    own.set(arbiter);
    TaskHandle one = arbiter.submit(Task.builder("fix").build());
    TaskHandle other = arbiter.submit(Task.builder("fix").build());
    arbiter.close();

    assertThat(one.await(WaitingWorld.SOON).state()).isEqualTo(TaskState.COMPLETED);
    assertThat(other.await(WaitingWorld.SOON).state()).isEqualTo(TaskState.COMPLETED);
    assertThat(arbiter.stats().inFlight()).isZero();
  }
}
