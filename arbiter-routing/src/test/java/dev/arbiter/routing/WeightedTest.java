/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WeightedTest {
  private static final Task TASK = Task.builder("work").requires("java").build();

  private final BanditRouter router = Simulation.router(BanditPolicy.weighted(), 1);

  @Test
  void a_score_is_seven_parts_declared_and_three_parts_measured() {
    RoutingRequest request = Simulation.request(TASK, agents(.8, .4));
    for (int i = 0; i < 4; i++) {
      router.learn(Simulation.outcome(router.route(request), TASK, i == 0));
    }

    RoutingDecision decision = router.route(request);

    assertThat(decision.agent()).isEqualTo("a0");
    assertThat(decision.candidates().get(0).score()).isCloseTo(.7 * .8 + .3 * .25, within(1e-7));
    assertThat(decision.candidates().get(1).score()).isCloseTo(.7 * .4 + .3 * .5, within(1e-7));
    assertThat(decision.probability()).isEqualTo(1);
    assertThat(decision.reason())
        .isEqualTo(
            "takes the highest sum of .7 declared and .3 measured, a0 with 0.635; next was a1 with"
                + " 0.430");
  }

  @Test
  void of_equals_the_one_with_the_fewest_decisions_is_taken() {
    RoutingRequest request = Simulation.request(TASK, agents(.6, .6, .6));

    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      chosen.add(router.route(request).agent());
    }

    assertThat(chosen).containsExactly("a0", "a1", "a2", "a0", "a1", "a2");
  }

  @Test
  void never_stops_trusting_a_wrong_declaration() {
    RoutingRequest request = Simulation.request(TASK, agents(.95, .6));
    double[] chances = {.3, .8};
    SplittableRandom luck = new SplittableRandom(5);

    int wrong = 0;
    for (int i = 0; i < 4_000; i++) {
      RoutingDecision decision = router.route(request);
      int chosen = Integer.parseInt(decision.agent().substring(1));
      router.learn(Simulation.outcome(decision, TASK, luck.nextDouble() < chances[chosen]));
      wrong += chosen == 0 ? 1 : 0;
    }

    assertThat(wrong).isEqualTo(4_000);
  }

  private static List<RegisteredAgent> agents(double... levels) {
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int i = 0; i < levels.length; i++) {
      AgentProfile profile = AgentProfile.builder("a" + i).capability("java", levels[i]).build();
      agents.add(new FakeAgent(profile, i));
    }
    return List.copyOf(agents);
  }
}
