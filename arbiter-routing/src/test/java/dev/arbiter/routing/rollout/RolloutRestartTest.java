/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.FakeAgent;
import dev.arbiter.routing.Simulation;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RolloutRestartTest {
  private final List<RegisteredAgent> agents = FakeAgent.several(2);
  private final SplittableRandom luck = new SplittableRandom(4);

  private static Rollout.Builder builder() {
    return Rollout.builder("restart")
        .current(ScriptedRouter.of("a0"))
        .candidate(ScriptedRouter.of("a1"))
        .abTest(.5)
        .promotion(.05)
        .costMargin(.1, 2)
        .timeMargin(Duration.ofSeconds(1), Duration.ofSeconds(9));
  }

  private static byte[] bytes(Rollout rollout) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    rollout.writeTo(out);
    return out.toByteArray();
  }

  private static Rollout restored(byte[] bytes) throws IOException {
    return builder().readFrom(new ByteArrayInputStream(bytes)).build();
  }

  private void step(int task, double better, Rollout... rollouts) {
    boolean success = luck.nextDouble() < .6;
    double cost = luck.nextDouble();
    for (Rollout rollout : rollouts) {
      Task work = Task.builder("work").id("T-" + task).build();
      RoutingDecision decision = rollout.route(Simulation.request(work, agents));
      boolean solved = success || (decision.agent().equals("a1") && cost < better);
      rollout.learn(
          new Outcome(
              decision,
              work,
              1,
              solved ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE,
              solved ? 1 : 0,
              cost,
              Duration.ofSeconds(2)));
    }
  }

  /** Six checkpoints, and after each a restored rollout beside the one that never ended. */
  @Test
  void a_restored_rollout_goes_on_exactly() throws IOException {
    Rollout rollout = builder().build();
    int task = 0;
    for (double share : new double[] {.5, .5, .2, .7, .7, .7}) {
      rollout.abTest(share);
      for (int i = 0; i < 100; i++) {
        step(task++, 0, rollout);
      }
      Rollout other = restored(bytes(rollout));
      assertThat(other.status()).isEqualTo(rollout.status());
      for (int i = 0; i < 100; i++) {
        step(task++, 0, rollout, other);
      }
      assertThat(other.status()).isEqualTo(rollout.status());
      assertThat(bytes(other)).isEqualTo(bytes(rollout));
    }
  }

  @Test
  void a_better_candidate_is_promoted_at_the_same_task_with_and_without_restarts()
      throws IOException {
    Rollout one = builder().build();
    Rollout other = builder().build();
    int task = 0;
    while (one.state() == Rollout.State.RUNNING && task < 5_000) {
      step(task++, .7, one, other);
      if (task % 50 == 0) {
        other = restored(bytes(other));
      }
    }

    assertThat(one.state()).isEqualTo(Rollout.State.PROMOTED);
    assertThat(other.status()).isEqualTo(one.status());
    assertThat(restored(bytes(other)).state()).isEqualTo(Rollout.State.PROMOTED);
    assertThatThrownBy(restored(bytes(other))::shadow).hasMessageContaining("it was promoted");
  }

  @Test
  void every_bit_that_flips_is_refused() throws IOException {
    Rollout rollout = builder().build();
    step(1, 0, rollout);
    byte[] good = bytes(rollout);

    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] changed = good.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> restored(changed)).as("bit %d", bit).isInstanceOf(IOException.class);
    }
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> restored(cut)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void another_rollout_or_other_guards_are_refused_by_name() throws IOException {
    ByteArrayInputStream saved = new ByteArrayInputStream(bytes(builder().build()));
    Rollout.Builder other =
        Rollout.builder("other")
            .current(ScriptedRouter.first())
            .candidate(ScriptedRouter.first())
            .readFrom(saved);

    assertThatThrownBy(other::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rollout 'restart' with guards [failure rate / 1.0, mean cost / 2.0")
        .hasMessageContaining("this is rollout 'other' with guards [failure rate / 1.0]");
  }
}
