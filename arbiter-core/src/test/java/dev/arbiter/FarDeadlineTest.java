/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.TaskQueue;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Times that no clock in nanoseconds can hold, and what one of them must not do to others. */
class FarDeadlineTest {
  private static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE);

  private final FakeTime time = new FakeTime();
  private final ManualScheduler scheduler = new ManualScheduler();

  private ArbiterBuilder arbiter() {
    return Arbiter.builder()
        .constitution(new StubConstitution())
        .sources(time.sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .fallbacks(0);
  }

  @Test
  void a_deadline_beyond_all_clocks_runs_and_leaves_the_others_theirs() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .asyncAgent(
                AgentProfile.builder("ada").capacity(3).build(), a -> new CompletableFuture<>())
            .attemptLimit(FOREVER)
            .closeLimit(Duration.ZERO)
            .build()) {
      TaskHandle far = arbiter.submit(Task.builder("fix").deadline(FOREVER).build());
      TaskHandle near = arbiter.submit(Task.builder("fix").deadline(Duration.ofSeconds(1)).build());
      time.advance(Duration.ofSeconds(2));
      scheduler.tick();

      TaskResult late = near.await(FOREVER);
      assertThat(((TaskResult.Failed) late).cause()).isEqualTo(FailureCause.DEADLINE);
      assertThat(far.state().isEnd()).isFalse();
    }
  }

  @Test
  void a_queue_that_fails_does_not_end_the_sweep() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    TaskQueue memory = TaskQueue.memory(100, time.sources().nanoTime());
    TaskQueue failing =
        new TaskQueue() {
          @Override
          public boolean offer(Task task) {
            return memory.offer(task);
          }

          @Override
          public List<Lease> claim(int most, Duration lease) {
            return memory.claim(most, lease);
          }

          @Override
          public boolean extend(Lease lease, Duration duration) {
            asked.incrementAndGet();
            throw new IllegalStateException("the store is away");
          }

          @Override
          public boolean acknowledge(Lease lease) {
            return memory.acknowledge(lease);
          }

          @Override
          public int waiting() {
            return memory.waiting();
          }
        };
    try (Arbiter arbiter =
        arbiter()
            .queue(failing)
            .asyncAgent(AgentProfile.of("ada"), a -> new CompletableFuture<WorkReport>())
            .attemptLimit(Duration.ofSeconds(90))
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      time.advance(Duration.ofSeconds(30));
      scheduler.tick();
      assertThat(asked).hasValue(1);
      time.advance(Duration.ofSeconds(70));
      scheduler.tick();

      TaskResult result = handle.await(Duration.ofSeconds(10));
      assertThat(((TaskResult.Failed) result).cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
    }
  }
}
