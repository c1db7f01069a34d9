/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.event.TaskEvent.Step;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The time, as the steps of runs have it. */
class RunClockTest {
  private final EngineParts parts = EngineParts.of();
  private final RunClock clock = parts.clock;

  @Test
  void a_step_has_the_time_of_both_clocks() {
    TaskRun run = parts.run();
    parts.world.time.advance(Duration.ofSeconds(3));

    Step step = clock.of(run);

    assertThat(step.nanoTime()).isEqualTo(parts.now()).isEqualTo(clock.now());
    assertThat(step.at()).isEqualTo(parts.world.now()).isEqualTo(clock.instant());
    assertThat(step.task()).isSameAs(run.task());
  }

  @Test
  void a_step_may_have_been_taken_at_another_time() {
    TaskRun run = parts.run();

    assertThat(clock.at(run, run.submitted() + 5).nanoTime()).isEqualTo(run.submitted() + 5);
  }

  @Test
  void steps_of_one_moment_share_it_as_long_as_nothing_else_has_run() {
    TaskRun run = parts.run();
    Step first = clock.same(run);
    parts.world.time.advance(Duration.ofSeconds(3));

    assertThat(clock.same(run)).isSameAs(first);

    run.routed(EngineParts.decision(1, "ada"));
    Step next = clock.same(run);
    assertThat(next.agent()).isEqualTo("ada");
    assertThat(next.nanoTime()).isEqualTo(parts.now());
  }
}
