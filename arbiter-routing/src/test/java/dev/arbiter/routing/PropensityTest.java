/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is chosen as often as it says. Pinned seeds, 20,000 decisions in one state of knowledge: a
 * frequency may differ from the probability by four standard errors and .004 for the grid and for
 * the sharpening, which fades a little meanwhile.
 */
class PropensityTest {
  private static final int DECISIONS = 20_000;
  private static final Task TASK = Task.builder("work").requires("java").build();

  private final SplittableRandom luck = new SplittableRandom(77);

  @Test
  void agents_nobody_knows_are_equally_likely() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 1);

    assertFrequencies(router, agents(4, false), List.of());
  }

  @Test
  void known_agents_are_chosen_as_often_as_they_say() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 2);
    List<RegisteredAgent> agents = agents(4, false);
    teach(router, agents, TASK, 12, .45, .5, .55, .6);

    assertFrequencies(router, agents, List.of());
  }

  @Test
  void well_known_agents_with_offsets_are_chosen_as_often_as_they_say() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 3);
    List<RegisteredAgent> agents = agents(3, false);
    Task other = Task.builder("other").requires("java").build();
    teach(router, agents, TASK, 60, .55, .6, .6);
    teach(router, agents, other, 60, .7, .5, .6);

    assertFrequencies(router, agents, List.of());
  }

  @Test
  void declared_levels_are_part_of_it() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 4);
    List<RegisteredAgent> agents = agents(4, true);
    teach(router, agents, TASK, 10, .45, .5, .5, .5);

    assertFrequencies(router, agents, List.of());
  }

  @Test
  void waiting_is_part_of_it() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 5);
    List<RegisteredAgent> agents = agents(3, false);
    ((FakeAgent) agents.get(1)).active = AgentProfile.DEFAULT_CAPACITY;
    ((FakeAgent) agents.get(1)).queued = 2;

    assertFrequencies(router, agents, List.of());
  }

  @Test
  void the_turn_after_a_change_is_part_of_it() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 6);
    List<RegisteredAgent> agents = agents(3, false);
    teach(router, agents, TASK, 150, .9, .5, .5);
    teach(router, agents, TASK, 150, .1, .5, .5);

    RoutingDecision turn = firstInTurn(router, agents);

    assertThat(turn.probability()).isGreaterThanOrEqualTo(.01);
    assertWeights(router, agents);
  }

  @Test
  void a_fallback_says_how_likely_it_was_after_that_failure() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 7);
    List<RegisteredAgent> agents = agents(4, false);
    teach(router, agents, TASK, 6, .3, .5, .6, .6);

    assertFrequencies(router, agents, List.of("a3"));
    assertFrequencies(router, agents, List.of("a3", "a2"));
  }

  @Test
  void a_single_candidate_is_certain() {
    RoutingDecision decision =
        Simulation.router(BanditPolicy.adaptiveThompson(), 8)
            .route(Simulation.request(TASK, agents(1, false)));

    assertThat(decision.probability()).isEqualTo(1);
  }

  @Test
  void ten_thousand_unknown_agents_are_equally_likely() {
    RoutingDecision decision =
        Simulation.router(BanditPolicy.adaptiveThompson(), 9)
            .route(Simulation.request(Simulation.TASK, FakeAgent.several(10_000)));

    assertThat(decision.probability() * 10_000).isBetween(.98, 1.02);
  }

  /** Agents that fail in this order are passed over; whoever comes next is counted. */
  private static void assertFrequencies(
      BanditRouter router, List<RegisteredAgent> agents, List<String> fail) {
    Map<String, Integer> chosen = new HashMap<>();
    Map<String, Double> probabilities = new HashMap<>();
    for (int i = 0; i < DECISIONS; i++) {
      router.route(Simulation.request(TASK, agents));
    }
    int counted = 0;
    for (int i = 0; i < DECISIONS; i++) {
      RoutingDecision decision = after(router, agents, fail);
      if (decision != null) {
        counted++;
        chosen.merge(decision.agent(), 1, Integer::sum);
        if (!probabilities.containsKey(decision.agent())) {
          probabilities.put(decision.agent(), decision.probability());
        }
      }
    }
    assertThat(counted).isGreaterThan(2_000);
    int all = counted;
    probabilities.forEach(
        (agent, probability) -> {
          double frequency = chosen.getOrDefault(agent, 0) / (double) all;
          double error = Math.sqrt(probability * (1 - probability) / all);
          assertThat(frequency)
              .as(agent)
              .isBetween(probability - 4 * error - .004, probability + 4 * error + .004);
        });
    assertThat(probabilities.values().stream().mapToDouble(p -> p).sum()).isBetween(.99, 1.01);
  }

  /** The decision after these failed one after the other, or null if others were chosen. */
  private static @Nullable RoutingDecision after(
      BanditRouter router, List<RegisteredAgent> agents, List<String> fail) {
    List<RoutingDecision> failed = new ArrayList<>();
    List<String> tried = new ArrayList<>();
    RoutingDecision decision = router.route(Simulation.request(TASK, agents));
    for (String agent : fail) {
      if (!decision.agent().equals(agent)) {
        return null;
      }
      failed.add(decision);
      tried.add(agent);
      decision =
          router.route(
              new RoutingRequest(
                  TASK,
                  Simulation.without(agents, tried),
                  PerformanceView.empty(),
                  List.copyOf(failed)));
    }
    return decision;
  }

  /** Whatever is chosen, weighed by one over its probability, comes to one for every agent. */
  private static void assertWeights(BanditRouter router, List<RegisteredAgent> agents) {
    Map<String, Double> weights = new HashMap<>();
    int decisions = 6_000;
    for (int i = 0; i < decisions; i++) {
      RoutingDecision decision = router.route(Simulation.request(TASK, agents));
      weights.merge(decision.agent(), 1 / decision.probability() / decisions, Double::sum);
    }
    assertThat(weights.get("a1")).isBetween(.93, 1.07);
    assertThat(weights.get("a2")).isBetween(.93, 1.07);
  }

  private static RoutingDecision firstInTurn(BanditRouter router, List<RegisteredAgent> agents) {
    for (int i = 0; i < 5_000; i++) {
      RoutingDecision decision = router.route(Simulation.request(TASK, agents));
      if (decision.reason().contains("next in turn")) {
        return decision;
      }
    }
    throw new AssertionError("nobody's turn came in 5,000 decisions");
  }

  private void teach(
      BanditRouter router, List<RegisteredAgent> agents, Task task, int outcomes, double... means) {
    for (int i = 0; i < agents.size(); i++) {
      for (int j = 0; j < outcomes; j++) {
        RoutingRequest alone = Simulation.request(task, List.of(agents.get(i)));
        boolean success = luck.nextDouble() < means[i];
        router.learn(Simulation.outcome(router.route(alone), task, success));
      }
    }
  }

  private static List<RegisteredAgent> agents(int count, boolean levels) {
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      AgentProfile.Builder profile = AgentProfile.builder("a" + i);
      if (levels && i > 0) {
        profile.capability("java", .4 + .1 * i).capability("go", .3);
      } else {
        profile.capability("java");
      }
      agents.add(new FakeAgent(profile.build(), i));
    }
    return List.copyOf(agents);
  }
}
