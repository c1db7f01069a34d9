/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.internal.SharedList;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A list that shares all but one agent with the one before is routed like a list made anew. */
class UpdatedAgentsTest {
  /* Fewer than those for which the default policy draws lazily, and so draws other numbers. */
  private static final int AGENTS = 30;

  static List<BanditPolicy> policies() {
    return List.of(
        BanditPolicy.ucb1(),
        BanditPolicy.klUcb(),
        BanditPolicy.thompson(),
        BanditPolicy.leastLoaded(),
        BanditPolicy.adaptiveThompson());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void a_router_decides_the_same_on_shared_and_on_copied_lists(BanditPolicy policy) {
    SplittableRandom random = new SplittableRandom(3);
    BanditRouter sharing = Simulation.router(policy, 5);
    BanditRouter copying = Simulation.router(policy, 5);
    SharedList<RegisteredAgent> agents = SharedList.of(declared());
    List<RoutingDecision> decisions = new ArrayList<>();
    List<Object> then = new ArrayList<>();
    for (int step = 0; step < 600; step++) {
      int place = random.nextInt(AGENTS);
      if (random.nextInt(3) > 0) {
        agents = agents.with(place, agent(place, random));
      }
      RoutingDecision one = sharing.route(Simulation.request(Simulation.TASK, agents));
      List<RegisteredAgent> copy = List.copyOf(agents);
      RoutingDecision other = copying.route(Simulation.request(Simulation.TASK, copy));

      assertThat(one.agent()).as("step %s", step).isEqualTo(other.agent());
      boolean success = random.nextDouble() < (one.agent().endsWith("7") ? .9 : .3);
      sharing.learn(Simulation.outcome(one, Simulation.TASK, success));
      copying.learn(Simulation.outcome(other, Simulation.TASK, success));
      if (step % 50 == 0) {
        decisions.add(one);
        then.add(one.candidates());
      }
    }
    for (int i = 0; i < then.size(); i++) {
      assertThat(decisions.get(i).candidates()).isEqualTo(then.get(i));
    }
  }

  private static List<RegisteredAgent> declared() {
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int i = 0; i < AGENTS; i++) {
      agents.add(agent(i, new SplittableRandom(i)));
    }
    return agents;
  }

  private static RegisteredAgent agent(int place, SplittableRandom random) {
    AgentProfile profile =
        AgentProfile.builder("a" + place).capacity(1 + random.nextInt(5)).build();
    FakeAgent agent = new FakeAgent(profile, place);
    agent.active = random.nextInt(5);
    return agent;
  }
}
