/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
}
