/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The policies that learn nothing. */
class PlainPoliciesTest {
  private final List<RegisteredAgent> agents = FakeAgent.several(4);
  private final RoutingRequest request = Simulation.request(Simulation.TASK, agents);

  @Test
  void round_robin_goes_round() {
    BanditRouter router = Simulation.router(BanditPolicy.roundRobin(), 1);

    assertThat(chosen(router, 8)).containsExactly("a0", "a1", "a2", "a3", "a0", "a1", "a2", "a3");
  }

  @Test
  void round_robin_takes_a_newcomer_next_and_forgets_nobody_who_was_away() {
    BanditRouter router = Simulation.router(BanditPolicy.roundRobin(), 1);
    chosen(router, 2);
    List<RegisteredAgent> others =
        List.of(agents.get(0), agents.get(1), FakeAgent.of("newcomer", 9));
    RoutingRequest changed = Simulation.request(Simulation.TASK, others);

    List<String> meanwhile = List.of(router.route(changed).agent(), router.route(changed).agent());

    assertThat(meanwhile).containsExactly("newcomer", "a0");
    assertThat(chosen(router, 3)).containsExactly("a2", "a3", "a1");
  }

  @Test
  void least_loaded_takes_the_largest_share_of_free_slots() {
    BanditRouter router = Simulation.router(BanditPolicy.leastLoaded(), 1);
    for (int i = 0; i < 4; i++) {
      ((FakeAgent) agents.get(i)).active = 1;
    }
    ((FakeAgent) agents.get(0)).queued = 3;
    ((FakeAgent) agents.get(2)).active = 0;

    RoutingDecision decision = router.route(request);

    assertThat(decision.agent()).isEqualTo("a2");
    assertThat(decision.candidates().get(2).score()).isEqualTo(1);
    assertThat(decision.candidates().get(0).score())
        .isLessThan(decision.candidates().get(1).score());
  }

  @Test
  void least_loaded_takes_equals_in_turn() {
    BanditRouter router = Simulation.router(BanditPolicy.leastLoaded(), 1);

    assertThat(chosen(router, 5)).containsExactly("a0", "a1", "a2", "a3", "a0");
  }

  @Test
  void a_fixed_ranking_takes_the_first_who_is_there() {
    BanditRouter router =
        Simulation.router(BanditPolicy.fixedRanking(List.of("gone", "a3", "a1", "a3")), 1);

    List<String> order = new ArrayList<>();
    List<RoutingDecision> failed = new ArrayList<>();
    while (order.size() < 4) {
      List<RegisteredAgent> rest = Simulation.without(agents, order);
      RoutingDecision decision =
          router.route(
              new RoutingRequest(
                  Simulation.TASK, rest, PerformanceView.empty(), List.copyOf(failed)));
      order.add(decision.agent());
      failed.add(decision);
    }

    assertThat(order).containsExactly("a3", "a1", "a0", "a2");
    assertThat(failed.get(0).reason())
        .isEqualTo("takes the first in the ranking, a3 with 0.500; next was a1 with 0.333");
  }

  @Test
  void a_list_changed_afterwards_changes_no_ranking() {
    List<String> ranking = new ArrayList<>(List.of("a2"));
    BanditPolicy policy = BanditPolicy.fixedRanking(ranking);

    ranking.set(0, "a1");

    assertThat(Simulation.router(policy, 1).route(request).agent()).isEqualTo("a2");
  }

  private List<String> chosen(BanditRouter router, int times) {
    List<String> chosen = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      chosen.add(router.route(request).agent());
    }
    return chosen;
  }
}
