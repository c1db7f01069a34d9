/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Regret over pinned seeds, and how far off the reference it may be. */
class RestartingTest {
  private static final double[][] SEGMENTS = {
    {.2, .5, .9}, {.2, .2, .9}, {.2, .2, .1}, {.7, .2, .1}, {.7, .5, .1}
  };
  private final BanditPolicy policy = BanditPolicy.restarting(BanditPolicy.thompson());
  private final Simulation.Bed changing = (agent, round) -> SEGMENTS[round / 1_000][agent];

  /** The reference has 42.4; Thompson sampling alone comes to 420. */
  @Test
  void regret_of_thompson_sampling_among_changing_agents_is_that_of_the_reference() {
    Measured regret = Simulation.regret(policy, changing, 3, 5_000, 200);

    assertThat(regret.mean()).isBetween(42.4 - 9, 42.4 + 9);
  }

  /** SMPyBandits publishes 66, the reference has 43.9; KL-UCB alone comes to 212. */
  @Test
  void regret_of_kl_ucb_among_changing_agents_stays_below_the_published_66() {
    BanditPolicy restarting = BanditPolicy.restarting(BanditPolicy.klUcb());

    assertThat(Simulation.regret(restarting, changing, 3, 5_000, 100).mean()).isLessThan(66);
  }

  @Test
  void without_a_change_it_decides_like_the_policy_inside() {
    Simulation.Bed steady = Simulation.fixed(.3, .5, .9);

    Measured regret = Simulation.regret(policy, steady, 3, 2_000, 10);

    assertThat(regret).isEqualTo(Simulation.regret(BanditPolicy.thompson(), steady, 3, 2_000, 10));
  }

  @Test
  void an_agent_found_changed_is_tried_as_if_it_were_new() {
    BanditRouter router = Simulation.router(BanditPolicy.restarting(BanditPolicy.klUcb()), 1);
    List<RegisteredAgent> agents = FakeAgent.several(2);
    teach(router, agents.get(0), 100, true);
    teach(router, agents.get(1), 1, true);

    teach(router, agents.get(0), 5, false);

    RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, agents));
    assertThat(decision.candidates().get(0).score()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void after_a_change_everybody_comes_in_turn_and_says_so() {
    BanditRouter router = Simulation.router(BanditPolicy.restarting(BanditPolicy.imed()), 1);
    List<RegisteredAgent> agents = FakeAgent.several(3);
    change(router, agents);
    int[] turns = new int[3];

    for (int i = 0; i < 6_000; i++) {
      RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, agents));
      if (decision.reason().contains("next in turn")) {
        turns[Integer.parseInt(decision.agent().substring(1))]++;
        assertThat(decision.probability()).isIn(.01, 1.0);
      } else {
        assertThat(decision.probability()).isIn(.99, 1.0);
      }
    }

    assertThat(turns[0] + turns[1] + turns[2]).isBetween(30, 90);
    assertThat(turns[0] - turns[2]).isBetween(0, 1);
    assertThat(turns[0] - turns[1]).isBetween(0, 1);
  }

  @Test
  void a_fallback_takes_the_next_best_of_the_same_draws() {
    BanditRouter router = Simulation.router(policy, 4);
    List<RegisteredAgent> agents = FakeAgent.several(3);
    RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));
    List<RegisteredAgent> rest = Simulation.without(agents, List.of(first.agent()));

    RoutingDecision second =
        router.route(
            new RoutingRequest(Simulation.TASK, rest, PerformanceView.empty(), List.of(first)));

    assertThat(second.reason()).startsWith("falls back from " + first.agent());
    assertThat(first.candidates()).containsAll(second.candidates());
  }

  @Test
  void is_named_after_the_policy_inside() {
    BanditRouter router = Simulation.router(policy, 5);

    RoutingDecision decision =
        router.route(Simulation.request(Simulation.TASK, FakeAgent.several(2)));

    assertThat(policy.name()).isEqualTo("glr-thompson");
    assertThat(decision.policy()).isEqualTo("glr-thompson");
  }

  private static void change(BanditRouter router, List<RegisteredAgent> agents) {
    for (RegisteredAgent agent : agents) {
      teach(router, agent, 100, true);
    }
    teach(router, agents.get(1), 100, false);
  }

  private static void teach(
      BanditRouter router, RegisteredAgent agent, int times, boolean success) {
    for (int i = 0; i < times; i++) {
      RoutingRequest alone = Simulation.request(Simulation.TASK, List.of(agent));
      router.learn(Simulation.outcome(router.route(alone), Simulation.TASK, success));
    }
  }

  /** Two claims of one agent, then a check that upholds one: the claims count for more. */
  @Test
  void a_check_changes_the_worth_of_earlier_claims() {
    BanditRouter plain = Simulation.router(BanditPolicy.adaptiveThompson(), 1);
    BanditRouter wrapped =
        Simulation.router(BanditPolicy.restarting(BanditPolicy.adaptiveThompson()), 1);

    assertThat(successesAfterACheck(wrapped)).isEqualTo(successesAfterACheck(plain));
  }

  private static double successesAfterACheck(BanditRouter router) {
    List<RegisteredAgent> one = FakeAgent.several(1);
    for (Outcome.Kind kind :
        List.of(Outcome.Kind.CLAIMED, Outcome.Kind.CLAIMED, Outcome.Kind.SUCCESS)) {
      RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, one));
      router.learn(new Outcome(decision, Simulation.TASK, 1, kind, 1, 0, Duration.ofSeconds(1)));
    }
    return router.state().agents().values().iterator().next()[0];
  }
}
