/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class Ucb1Test {
  private static final double[] NINE = {.1, .2, .3, .4, .5, .6, .7, .8, .9};

  private final BanditPolicy policy = BanditPolicy.ucb1();
  private final List<RegisteredAgent> agents = FakeAgent.several(9);
  private final RoutingRequest request = Simulation.request(Simulation.TASK, agents);

  @Test
  void every_choice_is_the_one_of_a_plain_scan() {
    BanditRouter router = Simulation.router(policy, 1);
    SplittableRandom luck = new SplittableRandom(2);
    double[] sums = new double[9];
    int[] counts = new int[9];

    for (int t = 0; t < 2_000; t++) {
      int expected = 0;
      double best = -1;
      for (int i = 0; i < 9; i++) {
        double index =
            counts[i] == 0 ? 9 : sums[i] / counts[i] + Math.sqrt(2 * Math.log(t) / counts[i]);
        if (index > best) {
          best = index;
          expected = i;
        }
      }
      RoutingDecision decision = router.route(request);
      assertThat(decision.agent()).isEqualTo("a" + expected);
      boolean success = luck.nextDouble() < NINE[expected];
      router.learn(Simulation.outcome(decision, Simulation.TASK, success));
      sums[expected] += success ? 1 : 0;
      counts[expected]++;
    }
  }

  @Test
  void tries_everybody_in_turn_while_outcomes_are_late() {
    BanditRouter router = Simulation.router(policy, 1);

    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < 18; i++) {
      chosen.add(router.route(request).agent());
    }

    Set<String> all = new HashSet<>(chosen.subList(0, 9));
    assertThat(all).hasSize(9);
    assertThat(chosen.subList(9, 18)).isEqualTo(chosen.subList(0, 9));
  }

  @Test
  void is_certain_of_its_choice_and_says_why() {
    BanditRouter router = Simulation.router(policy, 1);
    for (int i = 0; i < 9; i++) {
      router.learn(Simulation.outcome(router.route(request), Simulation.TASK, i == 4));
    }

    RoutingDecision decision = router.route(request);

    assertThat(decision.agent()).isEqualTo("a4");
    assertThat(decision.probability()).isEqualTo(1);
    assertThat(decision.policy()).isEqualTo("ucb1");
    assertThat(decision.reason())
        .isEqualTo(
            "exploits the highest bound, which has the best record, a4 with 3.096; next was a0 with"
                + " 2.096");
  }
}
