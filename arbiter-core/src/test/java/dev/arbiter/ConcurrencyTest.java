/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Real threads: 4 submitters, 2,000 tasks each, a third of them cancelled while they run. */
class ConcurrencyTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int SUBMITTERS = 4;
  private static final int TASKS = 2_000;

  @Test
  void every_task_ends_once_whatever_races_with_it() throws Exception {
    Map<String, Queue<TaskState>> states = new ConcurrentHashMap<>();
    ExecutorService submitters = Executors.newFixedThreadPool(SUBMITTERS);
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.builder("ada").capacity(2).build(), a -> WorkReport.of("ok"))
            .agent(
                AgentProfile.builder("bob").capacity(1).build(),
                a -> {
                  throw new IllegalStateException("bob never manages");
                })
            .withoutConstitution()
            .concurrency(8)
            .listener(
                event -> {
                  if (event instanceof TaskEvent e) {
                    states
                        .computeIfAbsent(e.task().id(), id -> new ConcurrentLinkedQueue<>())
                        .add(e.state());
                  }
                })
            .build()) {
      Queue<TaskHandle> handles = new ConcurrentLinkedQueue<>();
      CountDownLatch done = new CountDownLatch(SUBMITTERS);
      for (int s = 0; s < SUBMITTERS; s++) {
        SplittableRandom random = new SplittableRandom(s);
        submitters.execute(
            () -> {
              for (int i = 0; i < TASKS; i++) {
                TaskHandle handle = arbiter.submit(Task.builder("fix").build());
                handles.add(handle);
                if (random.nextInt(3) == 0) {
                  handle.cancel("race");
                }
              }
              done.countDown();
            });
      }
      assertThat(done.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      for (TaskHandle handle : handles) {
        assertThat(handle.await(SOON)).isNotInstanceOf(TaskResult.Rejected.class);
      }

      assertThat(handles).hasSize(SUBMITTERS * TASKS);
      states.values().forEach(ConcurrencyTest::assertLegal);
      assertThat(states).hasSize(SUBMITTERS * TASKS);
      assertThat(arbiter.stats().inFlight()).isZero();
      assertThat(arbiter.stats().waiting()).isZero();
      arbiter.agents().all().forEach(agent -> assertThat(agent.active()).isZero());
    } finally {
      submitters.shutdownNow();
    }
  }

  /** 20,000 times: the caller awaits the end while the engine still removes the task. */
  @Test
  void an_id_can_be_used_again_as_soon_as_its_task_has_ended() throws Exception {
    Task task = Task.builder("fix").id("T-1").build();
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("ok"))
            .withoutConstitution()
            .build()) {
      for (int round = 0; round < 20_000; round++) {
        assertThat(arbiter.submit(task).await(SOON)).isInstanceOf(TaskResult.Completed.class);
      }
    }
  }

  private static void assertLegal(Queue<TaskState> path) {
    List<TaskState> states = new ArrayList<>(path);
    for (int i = 1; i < states.size(); i++) {
      assertThat(states.get(i - 1).mayBecome(states.get(i))).as("%s", states).isTrue();
    }
    assertThat(states.get(states.size() - 1).isEnd()).as("%s", states).isTrue();
  }

  @Test
  void a_blocking_agent_that_ignores_its_interrupt_holds_its_slot_and_nothing_else()
      throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(
                AgentProfile.builder("deaf").capacity(1).build(),
                assignment -> {
                  awaitUninterrupted(release);
                  return WorkReport.of("late");
                })
            .withoutConstitution()
            .attemptLimit(Duration.ofMillis(100))
            .build()) {
      TaskResult.Failed first =
          (TaskResult.Failed) arbiter.submit(Task.builder("fix").build()).await(SOON);
      TaskResult.Failed second =
          (TaskResult.Failed) arbiter.submit(Task.builder("fix").build()).await(SOON);

      assertThat(first.cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
      assertThat(second.cause()).isEqualTo(FailureCause.NO_AGENT);
      assertThat(arbiter.stats().abandoned()).isEqualTo(1);
      release.countDown();
    }
  }

  @Test
  void a_blocking_agent_is_interrupted_when_its_time_is_up() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(
                AgentProfile.of("slow"),
                assignment -> {
                  never.await();
                  return WorkReport.of("late");
                })
            .withoutConstitution()
            .attemptLimit(Duration.ofMillis(100))
            .build()) {
      TaskResult.Failed result =
          (TaskResult.Failed) arbiter.submit(Task.builder("fix").build()).await(SOON);

      assertThat(result.cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    boolean interrupted = false;
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
