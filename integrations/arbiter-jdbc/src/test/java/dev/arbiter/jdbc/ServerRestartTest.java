/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterException;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed under load, twice, and started again. Four threads, 32 tasks in flight. */
class ServerRestartTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int THREADS = 4;
  private static final int IN_FLIGHT = 32;
  private static final int KILLS = 2;

  @TempDir private Path folder;
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
  private final Map<String, TaskResult> ended = new ConcurrentHashMap<>();

  private WorkReport done(Assignment assignment) {
    calls.computeIfAbsent(assignment.task().id(), id -> new AtomicInteger()).incrementAndGet();
    return WorkReport.of("done " + assignment.task().id());
  }

  private Arbiter over(String pool) {
    return Arbiter.builder()
        .withoutConstitution()
        .agent(AgentProfile.builder("ada").idempotent().capacity(64).build(), this::done)
        .store(JdbcStore.at(Server.source(), pool))
        .build();
  }

  private void submit(Arbiter arbiter, String name, AtomicBoolean stop) {
    Semaphore places = new Semaphore(IN_FLIGHT / THREADS);
    for (int i = 0; !stop.get(); i++) {
      places.acquireUninterruptibly();
      String id = name + i;
      try {
        TaskHandle handle = arbiter.submit(Task.builder("refactor").id(id).payload("p").build());
        accepted.add(id);
        handle
            .result()
            .whenComplete(
                (end, error) -> {
                  if (end != null) {
                    ended.put(id, end);
                  }
                  places.release();
                });
      } catch (ArbiterException away) {
        // Not accepted, as far as its caller knows.
        places.release();
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_killed_server_loses_no_task_and_the_store_comes_back_within_ten_seconds()
      throws Exception {
    String pool = Server.pool(folder);
    AtomicBoolean stop = new AtomicBoolean();
    CountDownLatch stopped = new CountDownLatch(THREADS);
    try (Arbiter arbiter = over(pool)) {
      for (int t = 0; t < THREADS; t++) {
        String name = "T-" + t + "-";
        new Thread(
                () -> {
                  submit(arbiter, name, stop);
                  stopped.countDown();
                })
            .start();
      }
      for (int i = 0; i < KILLS; i++) {
        untilMoreHaveEnded(300, SOON);
        Server.kill();
        Thread.sleep(500);
        Server.startAgain();

        untilMoreHaveEnded(300, Duration.ofSeconds(10));
      }
      stop.set(true);
      assertThat(stopped.await(30, TimeUnit.SECONDS)).isTrue();
      for (String id : accepted) {
        TaskResult end = arbiter.find(Task.DEFAULT_TENANT, id).orElseThrow().await(SOON);
        assertThat(end).as(id).isInstanceOf(TaskResult.Completed.class);
      }
    }

    calls.clear();
    try (Arbiter next = over(pool)) {
      for (String id : accepted) {
        TaskHandle found =
            next.find(Task.DEFAULT_TENANT, id)
                .orElseThrow(() -> new AssertionError(id + " was accepted and is lost"));
        assertThat(found.result().toCompletableFuture()).as(id).isCompleted();
      }
      for (Map.Entry<String, TaskResult> end : ended.entrySet()) {
        TaskHandle found = next.find(Task.DEFAULT_TENANT, end.getKey()).orElseThrow();
        assertThat(found.await(SOON)).isEqualTo(end.getValue());
      }
    }
    assertThat(calls).as("run again after their end").isEmpty();
  }

  private void untilMoreHaveEnded(int more, Duration limit) throws InterruptedException {
    int before = ended.size();
    long begun = System.nanoTime();
    while (ended.size() < before + more) {
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .as("time without %s more ends", more)
          .isLessThan(limit);
      Thread.sleep(5);
    }
  }
}
