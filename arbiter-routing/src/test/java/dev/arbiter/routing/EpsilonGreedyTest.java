/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EpsilonGreedyTest {
  private final List<RegisteredAgent> agents = FakeAgent.several(4);
  private final RoutingRequest request = Simulation.request(Simulation.TASK, agents);

  @Test
  void its_chance_to_explore_decays_by_decision_down_to_one_in_a_hundred() {
    BanditRouter router = Simulation.router(BanditPolicy.epsilonGreedy(), 1);
    makeBest(router, agents.get(2));

    for (int n = 1; n < 1_500; n++) {
      RoutingDecision decision = router.route(request);
      double epsilon = Math.max(.01, .2 * Math.pow(.995, n));
      double expected = epsilon / 4 + (decision.agent().equals("a2") ? 1 - epsilon : 0);
      assertThat(decision.probability()).isCloseTo(expected, within(1e-12));
    }
  }

  /** 40,000 decisions at a chance of .2: four standard errors are .007 and less. */
  @Test
  void chooses_as_often_as_it_says() {
    BanditRouter router = Simulation.router(BanditPolicy.epsilonGreedy(.2, 1), 2);
    makeBest(router, agents.get(1));
    int[] chosen = new int[4];

    for (int i = 0; i < 40_000; i++) {
      chosen[Integer.parseInt(router.route(request).agent().substring(1))]++;
    }

    assertThat(chosen[1] / 40_000.0).isCloseTo(.85, within(.008));
    assertThat(chosen[0] / 40_000.0).isCloseTo(.05, within(.005));
    assertThat(chosen[3] / 40_000.0).isCloseTo(.05, within(.005));
  }

  @Test
  void breaks_ties_by_chance() {
    BanditRouter router = Simulation.router(BanditPolicy.epsilonGreedy(0, 1), 3);
    int[] chosen = new int[4];

    for (int i = 0; i < 4_000; i++) {
      RoutingDecision decision = router.route(request);
      assertThat(decision.probability()).isCloseTo(.25, within(1e-12));
      chosen[Integer.parseInt(decision.agent().substring(1))]++;
    }

    assertThat(Arrays.stream(chosen)).allMatch(count -> count > 870 && count < 1_130);
  }

  @Test
  void reaches_a_newcomer_after_the_chance_has_decayed() {
    BanditRouter router = Simulation.router(BanditPolicy.epsilonGreedy(), 4);
    makeBest(router, agents.get(0));
    for (int i = 0; i < 2_000; i++) {
      router.route(request);
    }
    List<RegisteredAgent> more = new ArrayList<>(agents);
    more.add(FakeAgent.of("newcomer", 9));
    RoutingRequest withNewcomer = Simulation.request(Simulation.TASK, List.copyOf(more));

    int reached = 0;
    for (int i = 0; i < 10_000; i++) {
      reached += router.route(withNewcomer).agent().equals("newcomer") ? 1 : 0;
    }

    assertThat(reached).isBetween(5, 40);
  }

  @Test
  void says_whether_it_explores() {
    BanditRouter router = Simulation.router(BanditPolicy.epsilonGreedy(1, 1), 5);

    assertThat(router.route(request).reason()).startsWith("explores one at random, here a");
  }

  @Test
  void refuses_what_is_no_chance() {
    assertThatThrownBy(() -> BanditPolicy.epsilonGreedy(1.5, .9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("epsilon must be in [0,1], got 1.5");
    assertThatThrownBy(() -> BanditPolicy.epsilonGreedy(.2, Double.NaN))
        .hasMessage("decay must be in [0,1], got NaN");
  }

  private static void makeBest(BanditRouter router, RegisteredAgent agent) {
    RoutingRequest alone = Simulation.request(Simulation.TASK, List.of(agent));
    router.learn(Simulation.outcome(router.route(alone), Simulation.TASK, true));
  }
}
