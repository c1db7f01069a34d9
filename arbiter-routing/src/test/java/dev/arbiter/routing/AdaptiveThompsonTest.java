/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Regret on simulated agents, pinned seeds; a bar holds if the mean less two errors is below. */
class AdaptiveThompsonTest {
  private static final double[] NINE = {.1, .2, .3, .4, .5, .6, .7, .8, .9};
  private static final double[][] SEGMENTS = {
    {.2, .5, .9}, {.2, .2, .9}, {.2, .2, .1}, {.7, .2, .1}, {.7, .5, .1}
  };

  private final BanditPolicy policy = BanditPolicy.adaptiveThompson();

  @Test
  void regret_between_two_good_agents_stays_below_12_in_5_000_tasks() {
    assertBelow(12, Simulation.regret(policy, Simulation.fixed(.9, .8), 2, 5_000, 60));
  }

  @Test
  void regret_among_ten_poor_agents_stays_below_95_in_20_000_tasks() {
    double[] means = {.1, .05, .05, .05, .02, .02, .02, .01, .01, .01};

    assertBelow(95, Simulation.regret(policy, Simulation.fixed(means), 10, 20_000, 8));
  }

  @Test
  void regret_among_nine_agents_stays_below_55_in_10_000_tasks() {
    assertBelow(55, Simulation.regret(policy, Simulation.fixed(NINE), 9, 10_000, 30));
  }

  @Test
  void regret_stays_below_40_when_agents_change_four_times_in_5_000_tasks() {
    Simulation.Bed changing = (agent, round) -> SEGMENTS[round / 1_000][agent];

    assertBelow(40, Simulation.regret(policy, changing, 3, 5_000, 120));
  }

  @Test
  void outcomes_that_come_50_tasks_late_cost_at_most_half_again() {
    Simulation.Bed bed = Simulation.fixed(NINE);

    Measured late = Simulation.regret(policy, bed, 9, 5_000, 30, 50);

    assertBelow(80, late);
  }

  @Test
  void a_known_horizon_lowers_regret_among_many_agents() {
    double[] means = new double[50];
    for (int i = 0; i < means.length; i++) {
      means[i] = .2 + .6 * ((i * 29) % 50) / 50;
    }

    double without = meanRegret(means, 0);
    double with = meanRegret(means, 3_000);

    assertThat(with).isLessThan(1.05 * without);
    assertThat(with).isLessThan(160);
  }

  @Test
  void raises_at_most_two_false_alarms_in_a_hundred_runs() {
    long alarms = 0;
    for (int run = 0; run < 100; run++) {
      alarms += falseAlarms(run);
    }

    assertThat(alarms).isLessThanOrEqualTo(2);
  }

  @Test
  void learns_who_is_good_at_which_type_of_task() {
    BanditRouter router = Simulation.router(policy, 11);
    SplittableRandom luck = new SplittableRandom(12);
    Task[] types = {Task.builder("java").build(), Task.builder("prose").build()};
    double[][] means = {{.8, .5}, {.5, .8}};
    int right = 0;

    for (int round = 0; round < 3_000; round++) {
      int type = round % 2;
      RoutingRequest request = Simulation.request(types[type], FakeAgent.several(2));
      RoutingDecision decision = router.route(request);
      int agent = decision.agent().equals("a0") ? 0 : 1;
      boolean success = luck.nextDouble() < means[type][agent];
      router.learn(Simulation.outcome(decision, types[type], success));
      right += round >= 1_000 && agent == type ? 1 : 0;
    }

    assertThat(right).isGreaterThan(1_800);
  }

  private static double meanRegret(double[] means, long horizon) {
    double sum = 0;
    int runs = 15;
    for (int run = 0; run < runs; run++) {
      BanditRouter.Builder builder = BanditRouter.builder().sources(Sources.system(run));
      if (horizon > 0) {
        builder.horizon(horizon);
      }
      sum +=
          Simulation.regret(builder.build(), Simulation.fixed(means), means.length, 3_000, run, 0);
    }
    return sum / runs;
  }

  private static long falseAlarms(int run) {
    AdaptiveThompson learner = new AdaptiveThompson(Simulation.setting(run), AdaptiveThompson.KEEP);
    SplittableRandom luck = new SplittableRandom(run + 1_000);
    AgentIndex agentIndex = new AgentIndex(100, row -> {});
    RoutingRequest request = Simulation.request(Simulation.TASK, FakeAgent.several(9));
    CandidateSet candidates = new CandidateSet(request.candidates(), request.task(), agentIndex, 1);
    learner.rows(agentIndex.size());
    for (int id = 1; id <= 5_000; id++) {
      int chosen = learner.choose(id, request, candidates, 0).chosen;
      double reward = luck.nextDouble() < NINE[chosen] ? 1 : 0;
      learner.learn(Simulation.feedback(candidates.rows[chosen], reward));
    }
    return learner.alarms();
  }

  private static void assertBelow(double bar, Measured measured) {
    assertThat(measured.mean() - 2 * measured.error()).as("%s", measured).isLessThan(bar);
  }
}
