/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Cancel against complete: one thread submits, one completes the agent's stage, one cancels, 2,000
 * rounds for each executor. Each round starts the last two at one barrier.
 */
class CancelRaceTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int ROUNDS = 2_000;
  private static final WorkReport DONE = WorkReport.of("done");

  private final Map<String, Queue<TaskResult>> heard = new ConcurrentHashMap<>();
  private final BlockingQueue<CompletableFuture<WorkReport>> working = new LinkedBlockingQueue<>();
  private final ExecutorService racers = Executors.newFixedThreadPool(2);

  private void hear(ArbiterEvent event) {
    if (event instanceof TaskEvent.Concluded end) {
      heard.computeIfAbsent(end.task().id(), id -> new ConcurrentLinkedQueue<>()).add(end.result());
    }
  }

  private CompletableFuture<WorkReport> work() {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    working.add(report);
    return report;
  }

  private void race(Executor executor) throws Exception {
    try (Arbiter arbiter =
        Arbiter.builder()
            .executor(executor)
            .asyncAgent(AgentProfile.builder("ada").capacity(1).build(), assignment -> work())
            .withoutConstitution()
            .concurrency(1)
            .listener(this::hear)
            .build()) {
      for (int round = 0; round < ROUNDS; round++) {
        raceOnce(arbiter, round);
      }

      // A thread of the pool may still return from the call of a cancelled task.
      if (executor instanceof ExecutorService pool) {
        pool.shutdown();
        assertThat(pool.awaitTermination(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      }
      assertThat(heard).hasSize(ROUNDS);
      assertThat(arbiter.stats()).isEqualTo(new Arbiter.Stats(0, 0, 0, 0, 0, 0, 0));
      assertThat(arbiter.agents().all().get(0).active()).isZero();
    } finally {
      racers.shutdownNow();
    }
  }

  private void raceOnce(Arbiter arbiter, int round) throws Exception {
    TaskHandle handle = arbiter.submit(Task.builder("fix").build());
    CompletableFuture<WorkReport> report = working.poll(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(report).as("the agent of round %d", round).isNotNull();
    CyclicBarrier start = new CyclicBarrier(2);
    Future<?> completing =
        racers.submit(
            () -> {
              start.await();
              return report.complete(DONE);
            });
    Future<Boolean> cancelling =
        racers.submit(
            () -> {
              start.await();
              return handle.cancel("race");
            });

    TaskResult result = handle.await(SOON);
    boolean cancelled = cancelling.get(SOON.toSeconds(), TimeUnit.SECONDS);
    Object unused = completing.get(SOON.toSeconds(), TimeUnit.SECONDS);

    assertThat(result)
        .as("round %d, cancel said %s", round, cancelled)
        .isInstanceOf(cancelled ? TaskResult.Cancelled.class : TaskResult.Completed.class);
    assertThat(heard.get(handle.id())).containsExactlyElementsOf(List.of(result));
  }

  @Test
  void cancel_is_true_exactly_when_the_task_is_cancelled_on_a_pool() throws Exception {
    race(Executors.newCachedThreadPool());
  }

  @Test
  void cancel_is_true_exactly_when_the_task_is_cancelled_on_the_calling_threads() throws Exception {
    race(Runnable::run);
  }
}
