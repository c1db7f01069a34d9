/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.internal.record.Fallbacks;
import dev.arbiter.routing.internal.record.SuccessCounts;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class FallbackTest {
  private final BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 5);

  @Test
  void takes_the_next_best_of_the_same_draws() {
    for (int i = 0; i < 200; i++) {
      List<RegisteredAgent> agents = FakeAgent.several(6);
      RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));
      List<String> ranking =
          first.candidates().stream()
              .sorted(Comparator.comparingDouble(RoutingDecision.Scored::score).reversed())
              .map(RoutingDecision.Scored::agent)
              .toList();

      RoutingDecision second = again(agents, List.of(first));
      RoutingDecision third = again(agents, List.of(first, second));

      assertThat(List.of(first.agent(), second.agent(), third.agent()))
          .isEqualTo(ranking.subList(0, 3));
    }
  }

  @Test
  void looks_at_the_load_of_now() {
    List<RegisteredAgent> agents = FakeAgent.several(3);
    RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));
    String next = again(agents, List.of(first)).agent();
    FakeAgent busy =
        agents.stream().filter(a -> a.id().equals(next)).map(FakeAgent.class::cast).toList().get(0);

    busy.active = AgentProfile.DEFAULT_CAPACITY;
    busy.queued = 100;

    assertThat(again(agents, List.of(first)).agent()).isNotEqualTo(next);
  }

  @Test
  void an_agent_that_came_meanwhile_draws_too() {
    List<RegisteredAgent> agents = FakeAgent.several(2);
    RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));
    List<RegisteredAgent> more = new ArrayList<>(agents);
    more.add(FakeAgent.of("newcomer", 7));

    RoutingDecision second = again(more, List.of(first));

    assertThat(second.candidates()).extracting(RoutingDecision.Scored::agent).contains("newcomer");
    assertThat(second.candidates()).allMatch(scored -> scored.score() > 0);
  }

  @Test
  void a_failed_decision_of_another_router_is_no_obstacle() {
    List<RegisteredAgent> agents = FakeAgent.several(3);
    RoutingDecision foreign =
        Simulation.router(BanditPolicy.ucb1(), 1)
            .route(Simulation.request(Simulation.TASK, agents));

    RoutingDecision second = again(agents, List.of(foreign));

    assertThat(second.agent()).isNotEqualTo(foreign.agent());
    assertThat(second.reason()).doesNotContain("falls back");
  }

  @Test
  void says_that_it_is_a_fallback_and_from_whom() {
    List<RegisteredAgent> agents = FakeAgent.several(3);
    RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));

    RoutingDecision second = again(agents, List.of(first));

    assertThat(second.reason())
        .startsWith("falls back from " + first.agent() + " to " + second.agent());
  }

  @Test
  void learns_how_much_harder_tasks_are_that_somebody_failed_at() {
    Fallbacks fallbacks = new Fallbacks();
    fallbacks.rows(2);

    for (int i = 0; i < 1_000; i++) {
      fallbacks.learn(0, .8, i % 10 < 2 ? 1 : 0);
      fallbacks.learn(1, .8, i % 10 < 6 ? 1 : 0);
    }

    assertThat(fallbacks.ratio(0)).isCloseTo(.25, within(.02));
    assertThat(fallbacks.ratio(1)).isCloseTo(.75, within(.02));
    assertThat(fallbacks.ratio(-1)).isCloseTo(.5, within(.02));
    assertThat(fallbacks.corrected(0, 1)).isCloseTo(4, within(.3));
  }

  @Test
  void corrects_by_at_most_five() {
    Fallbacks fallbacks = new Fallbacks();
    fallbacks.rows(1);

    for (int i = 0; i < 10_000; i++) {
      fallbacks.learn(0, 1, 0);
    }

    assertThat(fallbacks.corrected(0, 1)).isEqualTo(5);
  }

  @Test
  void successes_of_an_agent_never_exceed_its_outcomes() {
    SuccessCounts counts = new SuccessCounts();
    counts.rows(1);

    counts.add(0, 1, 5, Fallbacks.WEIGHT);

    assertThat(counts.successes(0)).isEqualTo(counts.outcomes(0)).isEqualTo(.5);
  }

  private RoutingDecision again(List<RegisteredAgent> agents, List<RoutingDecision> failed) {
    List<String> tried = failed.stream().map(RoutingDecision::agent).toList();
    return router.route(
        new RoutingRequest(
            Simulation.TASK, Simulation.without(agents, tried), PerformanceView.empty(), failed));
  }
}
