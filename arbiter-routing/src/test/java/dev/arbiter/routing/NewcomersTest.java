/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewcomersTest {
  private final List<RegisteredAgent> agents = FakeAgent.several(3);
  private final RoutingRequest old = Simulation.request(Simulation.TASK, agents.subList(0, 2));
  private final RoutingRequest all = Simulation.request(Simulation.TASK, agents);

  private static BanditRouter router(double share, int tasks) {
    return BanditRouter.builder()
        .policy(BanditPolicy.ucb1())
        .sources(Sources.system(3))
        .newcomers(share, tasks)
        .build();
  }

  /* Both old agents always succeed, so the newcomer, which never does, is not chosen for long. */
  private static boolean solve(BanditRouter router, RoutingDecision decision) {
    boolean newcomer = decision.agent().equals("a2");
    router.learn(Simulation.outcome(decision, Simulation.TASK, !newcomer));
    return newcomer;
  }

  @Test
  void a_newcomer_gets_its_share_until_it_had_its_first_tasks() {
    BanditRouter router = router(.2, 100);
    for (int i = 0; i < 2_000; i++) {
      solve(router, router.route(old));
    }

    int within400 = 0;
    for (int i = 0; i < 400; i++) {
      within400 += solve(router, router.route(all)) ? 1 : 0;
    }
    for (int i = 0; i < 1_000; i++) {
      solve(router, router.route(all));
    }
    int later = 0;
    for (int i = 0; i < 400; i++) {
      later += solve(router, router.route(all)) ? 1 : 0;
    }

    assertThat(within400 / 400.0).isCloseTo(.2, within(.06));
    assertThat(later).isLessThan(5);
  }

  @Test
  void decisions_know_the_share_in_their_probability_and_say_why() {
    BanditRouter router = router(.25, 50);
    for (int i = 0; i < 500; i++) {
      solve(router, router.route(old));
    }

    for (int i = 0; i < 60; i++) {
      RoutingDecision decision = router.route(all);
      if (decision.reason().startsWith("explores: a newcomer has its share")) {
        assertThat(decision.agent()).isEqualTo("a2");
      }
      assertThat(decision.probability()).isIn(.25, .75, 1.0);
      solve(router, decision);
    }
  }

  @Test
  void shares_and_counts_outside_their_range_are_refused() {
    assertThatThrownBy(() -> router(1.5, 10))
        .hasMessage("router.newcomers must be a share in [0,1], got 1.5");
    assertThatThrownBy(() -> router(.1, 0))
        .hasMessage("router.newcomers must be for at least 1 task, got 0");
  }
}
