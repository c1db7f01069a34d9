/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Eight agents, six types of task, 15 worlds; a bar holds if mean less two errors is below. */
class DeclaredLevelsTest {
  private static final int AGENTS = 8;
  private static final int TYPES = 6;
  private static final int WORLDS = 15;

  /** What an agent declares, given its chance and some luck. */
  @FunctionalInterface
  private interface Declaration {
    double level(int agent, double chance, SplittableRandom luck);
  }

  @Test
  void honest_levels_save_most_of_the_first_regret() {
    Measured honest = regret(200, DeclaredLevelsTest::honest);
    Measured silent = regret(200, (agent, chance, luck) -> Double.NaN);

    assertThat(honest.mean() - 2 * honest.error()).isLessThan(17);
    assertThat(honest.mean()).isLessThan(.75 * silent.mean());
  }

  @Test
  void worthless_levels_cost_little() {
    Measured worthless = regret(5_000, (agent, chance, luck) -> luck.nextDouble());

    assertThat(worthless.mean() - 2 * worthless.error()).isLessThan(170);
  }

  @Test
  void overstated_levels_are_seen_through() {
    Measured overstated =
        regret(5_000, (agent, chance, luck) -> agent < 2 ? .95 : honest(agent, chance, luck));

    assertThat(overstated.mean() - 2 * overstated.error()).isLessThan(105);
  }

  @Test
  void a_level_for_other_work_says_nothing() {
    RegisteredAgent other =
        new FakeAgent(AgentProfile.builder("a").capability("go", .9).capability("c").build(), 0);
    Task task = Task.builder("c").requires("c").build();

    CandidateSet candidates =
        new CandidateSet(List.of(other), task, new AgentIndex(10, row -> {}), 1);

    assertThat(candidates.hasClaims()).isFalse();
    assertThat(candidates.claim(0)).isNaN();
  }

  @Test
  void a_level_counts_as_the_mean_over_what_is_required() {
    AgentProfile profile =
        AgentProfile.builder("a")
            .capability("java", .9)
            .capability("sql", .5)
            .capability("go", .1)
            .capability("c")
            .build();
    Task task = Task.builder("x").requires("java", "sql", "c").build();

    CandidateSet candidates =
        new CandidateSet(List.of(new FakeAgent(profile, 0)), task, new AgentIndex(9, row -> {}), 1);

    assertThat(candidates.claim(0)).isEqualTo(.7f);
    assertThat(candidates.overallClaims[0]).isEqualTo(.5f);
  }

  private static double honest(int agent, double chance, SplittableRandom luck) {
    return Math.min(.98, Math.max(.02, chance + .1 * luck.nextGaussian()));
  }

  private static Measured regret(int tasks, Declaration declaration) {
    double[] regrets = new double[WORLDS];
    for (int world = 0; world < WORLDS; world++) {
      regrets[world] = regret(world, tasks, declaration);
    }
    return Simulation.summary(regrets);
  }

  /** Agents are better the higher their number, each type of task shifts them by about .1. */
  private static double regret(int world, int tasks, Declaration declaration) {
    SplittableRandom luck = new SplittableRandom(world);
    double[][] chances = new double[AGENTS][TYPES];
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int agent = 0; agent < AGENTS; agent++) {
      AgentProfile.Builder profile = AgentProfile.builder("a" + agent);
      for (int type = 0; type < TYPES; type++) {
        double ability = .3 + .5 * (agent + luck.nextDouble()) / AGENTS;
        chances[agent][type] = Math.min(.98, ability + .1 * luck.nextGaussian());
        double level = declaration.level(agent, chances[agent][type], luck);
        if (Double.isNaN(level)) {
          profile.capability("t" + type);
        } else {
          profile.capability("t" + type, level);
        }
      }
      agents.add(new FakeAgent(profile.build(), agent));
    }
    return regret(world, tasks, chances, List.copyOf(agents));
  }

  private static double regret(
      int world, int tasks, double[][] chances, List<RegisteredAgent> agents) {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), world);
    SplittableRandom luck = new SplittableRandom(world + 500);
    double regret = 0;
    for (int i = 0; i < tasks; i++) {
      int type = luck.nextInt(TYPES);
      Task task = Task.builder("t" + type).requires("t" + type).build();
      RoutingDecision decision = router.route(Simulation.request(task, agents));
      double chance = chances[Integer.parseInt(decision.agent().substring(1))][type];
      double best = 0;
      for (double[] agent : chances) {
        best = Math.max(best, agent[type]);
      }
      regret += best - chance;
      router.learn(Simulation.outcome(decision, task, luck.nextDouble() < chance));
    }
    return regret;
  }
}
