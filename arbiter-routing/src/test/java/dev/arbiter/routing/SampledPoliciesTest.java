/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is chosen as often as it says, for every policy that leaves something to chance. Pinned
 * seeds, 20,000 decisions in one state of knowledge: a frequency may differ from the probability by
 * four standard errors and .004 for the grid.
 */
class SampledPoliciesTest {
  private static final int DECISIONS = 20_000;
  private static final int WEIGHED = 5_000;

  private final List<RegisteredAgent> agents = FakeAgent.several(4);
  private final SplittableRandom luck = new SplittableRandom(77);

  static List<BanditPolicy> policies() {
    return List.of(
        BanditPolicy.thompson(),
        BanditPolicy.discountedThompson(),
        BanditPolicy.hierarchicalThompson(),
        BanditPolicy.linThompson(),
        BanditPolicy.uniform(),
        BanditPolicy.restarting(BanditPolicy.thompson()),
        BanditPolicy.restarting(BanditPolicy.linThompson()),
        BanditPolicy.restarting(BanditPolicy.epsilonGreedy(.2, 1)));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void agents_nobody_knows_are_equally_likely(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 1);

    assertFrequencies(router, false);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void known_agents_are_chosen_as_often_as_they_say(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 2);
    teach(router, 12, .45, .5, .55, .6);

    assertFrequencies(router, false);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void a_fallback_says_how_likely_it_was_after_that_failure(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 3);
    teach(router, 6, .3, .5, .6, .6);

    assertFrequencies(router, true);
  }

  /** Whatever is chosen, weighed by one over its probability, comes to one for every agent. */
  @ParameterizedTest
  @MethodSource("policies")
  void the_turn_after_a_change_is_part_of_it(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 4);
    teach(router, 100, .9, .6, .6, .6);
    teach(router, 100, .1, .6, .6, .6);
    Map<String, Double> weights = new TreeMap<>();

    for (int i = 0; i < WEIGHED; i++) {
      RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, agents));
      weights.merge(decision.agent(), 1 / decision.probability() / WEIGHED, Double::sum);
    }

    for (String agent : List.of("a1", "a2", "a3")) {
      assertThat(Objects.requireNonNull(weights.get(agent))).as(agent).isBetween(.8, 1.2);
    }
  }

  private void assertFrequencies(BanditRouter router, boolean afterA3Failed) {
    Map<String, List<RoutingDecision>> chosen = new TreeMap<>();
    int counted = 0;
    for (int i = 0; i < DECISIONS; i++) {
      RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, agents));
      if (afterA3Failed) {
        if (!decision.agent().equals("a3")) {
          continue;
        }
        decision = fallback(router, decision);
      }
      counted++;
      chosen.computeIfAbsent(decision.agent(), agent -> new ArrayList<>()).add(decision);
    }
    double all = counted;
    chosen.forEach((agent, decisions) -> assertFrequency(agent, decisions, all));
    assertThat(chosen.values().stream().mapToDouble(d -> d.get(0).probability()).sum())
        .isBetween(.99, 1.01);
  }

  private RoutingDecision fallback(BanditRouter router, RoutingDecision failed) {
    List<RegisteredAgent> rest = Simulation.without(agents, List.of(failed.agent()));
    return router.route(
        new RoutingRequest(Simulation.TASK, rest, PerformanceView.empty(), List.of(failed)));
  }

  private static void assertFrequency(String agent, List<RoutingDecision> decisions, double all) {
    double probability = decisions.get(0).probability();
    double bound = 4 * Math.sqrt(probability * (1 - probability) / all) + .004;
    assertThat(decisions.size() / all)
        .as(agent)
        .isBetween(probability - bound, probability + bound);
  }

  private void teach(BanditRouter router, int outcomes, double... means) {
    for (int i = 0; i < agents.size(); i++) {
      RoutingRequest alone = Simulation.request(Simulation.TASK, List.of(agents.get(i)));
      for (int j = 0; j < outcomes; j++) {
        boolean success = luck.nextDouble() < means[i];
        router.learn(Simulation.outcome(router.route(alone), Simulation.TASK, success));
      }
    }
  }
}
