/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tasks that wait for an agent whose running task is cancelled. */
class PatienceTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Task TASK = Task.builder("fix").build();
  private static final AgentProfile ADA = AgentProfile.builder("ada").capacity(1).build();

  private final FakeTime time = new FakeTime();
  private final ManualScheduler scheduler = new ManualScheduler();
  private final Queue<CompletableFuture<WorkReport>> working = new ArrayDeque<>();

  private ArbiterBuilder onThisThread() {
    return Arbiter.builder()
        .withoutConstitution()
        .sources(time.sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .closeLimit(Duration.ZERO);
  }

  private CompletableFuture<WorkReport> work(CompletableFuture<WorkReport> report) {
    working.add(report);
    return report;
  }

  @Test
  void the_next_task_gets_the_slot_of_a_cancelled_stage() throws Exception {
    try (Arbiter arbiter =
        onThisThread().asyncAgent(ADA, assignment -> work(new CompletableFuture<>())).build()) {
      TaskHandle first = arbiter.submit(TASK);
      TaskHandle next = arbiter.submit(TASK);

      assertThat(first.cancel("not needed")).isTrue();
      working.forEach(report -> report.complete(WorkReport.of("done")));

      assertThat(next.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void the_next_task_gets_the_slot_of_an_interrupted_agent() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .agent(
                ADA,
                assignment -> {
                  if (calls.incrementAndGet() == 1) {
                    called.countDown();
                    never.await();
                  }
                  return WorkReport.of("done");
                })
            .build()) {
      TaskHandle first = arbiter.submit(TASK);
      called.await();
      TaskHandle next = arbiter.submit(TASK);
      while (arbiter.agents().all().get(0).queued() == 0) {
        Thread.onSpinWait();
      }

      assertThat(first.cancel("not needed")).isTrue();

      assertThat(next.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void the_next_task_waits_a_second_for_a_stage_that_ignores_its_cancellation() throws Exception {
    try (Arbiter arbiter =
        onThisThread().asyncAgent(ADA, assignment -> work(new DeafStage())).build()) {
      TaskHandle first = arbiter.submit(TASK);
      TaskHandle next = arbiter.submit(TASK);
      first.cancel("not needed");
      assertThat(arbiter.stats().abandoned()).isEqualTo(1);

      time.advance(Duration.ofMillis(900));
      scheduler.tick();
      assertThat(next.result().toCompletableFuture()).isNotDone();
      time.advance(Duration.ofMillis(150));
      scheduler.tick();

      TaskResult.Failed failed = (TaskResult.Failed) next.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.NO_AGENT);
      working.remove().complete(WorkReport.of("late"));
      assertThat(arbiter.stats().abandoned()).isZero();
      arbiter.submit(TASK);
      assertThat(working).as("the agent is a candidate again").hasSize(1);
    }
  }

  private static final class DeafStage extends CompletableFuture<WorkReport> {
    @Override
    public boolean cancel(boolean interrupt) {
      return false;
    }
  }
}
