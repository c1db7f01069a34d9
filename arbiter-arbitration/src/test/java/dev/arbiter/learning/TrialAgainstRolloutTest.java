/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.rollout.Rollout;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * How many attempts a trial needs to keep what helps, beside a rollout that compares the same two
 * sides at the same error: medians of 60 runs of pinned luck each.
 */
class TrialAgainstRolloutTest {
  private static final int RUNS = 60;
  private static final int MOST = 6_000;
  private static final double ERROR = .05;
  private static final List<RegisteredAgent> SIDES = List.of(agent("without"), agent("with"));

  private record Choice(String agent) implements RoutingDecision {
    @Override
    public long id() {
      return 1;
    }

    @Override
    public String policy() {
      return "fixed";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "it is fixed";
    }

    @Override
    public List<Scored> candidates() {
      return List.of();
    }
  }

  private static RegisteredAgent agent(String id) {
    AgentProfile profile = AgentProfile.of(id);
    return new RegisteredAgent() {
      @Override
      public AgentProfile profile() {
        return profile;
      }

      @Override
      public Status status() {
        return Status.AVAILABLE;
      }

      @Override
      public int active() {
        return 0;
      }

      @Override
      public int queued() {
        return 0;
      }

      @Override
      public int number() {
        return id.equals("with") ? 1 : 0;
      }
    };
  }

  private static int byTrial(double without, double with, SplittableRandom luck) {
    Trial trial = new Trial(ERROR);
    int attempts = 0;
    while (trial.state() == Practice.State.TRIAL && attempts < MOST) {
      boolean isWith = luck.nextBoolean();
      trial.add(isWith, .5, luck.nextDouble() < (isWith ? with : without) ? 1 : 0);
      attempts++;
    }
    return trial.state() == Practice.State.KEPT ? attempts : MOST;
  }

  private static int byRollout(double without, double with, SplittableRandom luck, int run) {
    Router first = request -> new Choice("without");
    Router second = request -> new Choice("with");
    Rollout rollout =
        Rollout.builder("run " + run)
            .current(first)
            .candidate(second)
            .abTest(.5)
            .promotion(0)
            .error(ERROR)
            .build();
    int attempts = 0;
    while (rollout.state() == Rollout.State.RUNNING && attempts < MOST) {
      Task task = Task.builder("fix").id("T-" + ++attempts).build();
      RoutingDecision decision =
          rollout.route(new RoutingRequest(task, SIDES, PerformanceView.empty(), List.of()));
      boolean solved = luck.nextDouble() < (decision.agent().equals("with") ? with : without);
      rollout.learn(
          new Outcome(
              decision,
              task,
              1,
              solved ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE,
              solved ? 1 : 0,
              0,
              Duration.ZERO));
    }
    return rollout.state() == Rollout.State.PROMOTED ? attempts : MOST;
  }

  private static double median(int[] attempts) {
    Arrays.sort(attempts);
    return (attempts[RUNS / 2 - 1] + attempts[RUNS / 2]) / 2.0;
  }

  @Test
  void half_of_the_trials_need_at_most_six_tenths_of_the_attempts_of_half_of_the_rollouts() {
    double[][] cases = {{.6, .8}, {.35, .65}, {.8, .9}};
    for (double[] of : cases) {
      SplittableRandom luck = new SplittableRandom(1);
      int[] trials = new int[RUNS];
      int[] rollouts = new int[RUNS];
      for (int run = 0; run < RUNS; run++) {
        trials[run] = byTrial(of[0], of[1], luck);
        rollouts[run] = byRollout(of[0], of[1], luck, run);
      }

      assertThat(median(trials)).isLessThanOrEqualTo(.6 * median(rollouts));
    }
  }
}
