/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Policies without chance do not crowd on one agent while all look the same. */
class LateOutcomesTest {
  private static final List<String> ALL = List.of("a0", "a1", "a2", "a3", "a4");

  private final List<RegisteredAgent> agents = FakeAgent.several(ALL.size());
  private final RoutingRequest request = Simulation.request(Simulation.TASK, agents);

  static List<BanditPolicy> deterministic() {
    return List.of(
        BanditPolicy.ucb1(),
        BanditPolicy.ucbAlpha(),
        BanditPolicy.klUcb(),
        BanditPolicy.imed(),
        BanditPolicy.optimisticGittins(),
        BanditPolicy.weighted(),
        BanditPolicy.leastLoaded(),
        BanditPolicy.roundRobin(),
        BanditPolicy.restarting(BanditPolicy.klUcb()));
  }

  @ParameterizedTest
  @MethodSource("deterministic")
  void everybody_is_tried_in_turn_until_the_first_outcome(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 1);

    assertThat(chosen(router)).isEqualTo(ALL);
    assertThat(chosen(router)).isEqualTo(ALL);
  }

  @ParameterizedTest
  @MethodSource("deterministic")
  void equals_with_outcomes_are_asked_in_turn_too(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 1);
    for (RegisteredAgent agent : agents) {
      RoutingRequest alone = Simulation.request(Simulation.TASK, List.of(agent));
      router.learn(Simulation.outcome(router.route(alone), Simulation.TASK, true));
    }

    assertThat(chosen(router)).containsExactlyInAnyOrderElementsOf(ALL);
  }

  private List<String> chosen(BanditRouter router) {
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < ALL.size(); i++) {
      chosen.add(router.route(request).agent());
    }
    return chosen;
  }
}
