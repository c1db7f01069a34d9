/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.FakeAgent;
import dev.arbiter.routing.Simulation;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SampleRatioTest {
  private final List<RegisteredAgent> agents = FakeAgent.several(1);

  private static Rollout rollout() {
    return Rollout.builder("split")
        .current(ScriptedRouter.first())
        .candidate(ScriptedRouter.first())
        .abTest(.5)
        .promotion(0)
        .build();
  }

  private void step(Rollout rollout, String id, boolean success) {
    Task task = Task.builder("work").id(id).build();
    RoutingDecision decision = rollout.route(Simulation.request(task, agents));
    rollout.learn(Simulation.outcome(decision, task, success));
  }

  /** 600 splits of 1,000 tasks each, looked at after every task, at three shares; luck pinned. */
  @Test
  void a_right_split_is_called_wrong_in_one_of_a_thousand_at_most() {
    SplittableRandom luck = new SplittableRandom(1);
    int wrong = 0;
    for (int run = 0; run < 600; run++) {
      double share = List.of(.05, .3, .5).get(run % 3);
      long candidate = 0;
      boolean ever = false;
      for (int task = 1; task <= 1_000; task++) {
        candidate += luck.nextDouble() < share ? 1 : 0;
        ever |= new SampleRatio(task - candidate, candidate).isWrong(share);
      }
      wrong += ever ? 1 : 0;
    }

    assertThat(wrong).isLessThanOrEqualTo(3);
  }

  @Test
  void five_points_off_are_found_within_4_000_tasks() {
    assertThat(new SampleRatio(2_200, 1_800).isWrong(.5)).isTrue();
    assertThat(new SampleRatio(2_000, 2_000).isWrong(.5)).isFalse();
    assertThat(new SampleRatio(0, 0).evidence(.3)).isCloseTo(0, within(1e-12));
  }

  @Test
  void shares_of_nothing_and_of_all_are_not_tested() {
    assertThat(new SampleRatio(0, 1_000).isWrong(0)).isFalse();
    assertThat(new SampleRatio(1_000, 0).isWrong(1)).isFalse();
  }

  @Test
  void a_key_that_comes_again_and_again_is_found() {
    Rollout rollout = rollout();

    for (int i = 0; i < 200; i++) {
      step(rollout, "T-1", true);
    }

    assertThat(rollout.status().split().isWrong()).isTrue();
    assertThat(rollout.status().split().tasks().orElseThrow()).isIn(0.0, 1.0);
  }

  /** The candidate seems to solve all, because outcomes of its failures get lost. */
  @Test
  void a_side_whose_failures_get_lost_is_found_and_not_promoted() {
    Rollout rollout = rollout();
    SplittableRandom luck = new SplittableRandom(2);

    for (int i = 0; i < 3_000; i++) {
      boolean success = luck.nextDouble() < .6;
      Task task = Task.builder("work").id("T-" + i).build();
      RoutingDecision decision = rollout.route(Simulation.request(task, agents));
      boolean byCandidate = decision.toString().startsWith("candidate");
      if (success || !byCandidate || luck.nextDouble() < .5) {
        rollout.learn(Simulation.outcome(decision, task, success));
      }
      if (i > 300) {
        assertThat(rollout.state()).as("task %d", i).isEqualTo(Rollout.State.RUNNING);
      }
    }

    RolloutStatus.Split split = rollout.status().split();
    assertThat(split.isWrong()).isTrue();
    assertThat(split.share()).isEqualTo(.5);
    assertThat(split.tasks().orElseThrow()).isCloseTo(.5, within(.05));
    assertThat(split.outcomes().orElseThrow()).isLessThan(.47);
    assertThat(rollout.status().difference().low()).isPositive();
  }

  @Test
  void a_right_split_is_shown_as_right() {
    Rollout rollout = rollout();
    for (int i = 0; i < 1_000; i++) {
      step(rollout, "T-" + i, i % 2 == 0);
    }

    assertThat(rollout.status().split().isWrong()).isFalse();
    assertThat(rollout.status().split().outcomes().orElseThrow()).isCloseTo(.5, within(.06));
  }
}
