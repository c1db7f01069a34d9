/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.routing.FakeAgent;
import dev.arbiter.routing.Simulation;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RolloutShadowTest {
  private final List<RegisteredAgent> agents = FakeAgent.several(4);
  private final RoutingRequest request = Simulation.request(Simulation.TASK, agents);
  private final ScriptedRouter candidate = new ScriptedRouter(asked -> next());
  private int turn;

  @Test
  void a_shadow_changes_no_decision_of_current() {
    Router shadowed =
        Rollout.builder("shadow")
            .current(bandit(5))
            .candidate(bandit(6))
            .shadowLearns(true)
            .build();

    assertThat(decisions(shadowed)).isEqualTo(decisions(bandit(5)));
  }

  @Test
  void a_shadow_that_throws_changes_no_decision_of_current() {
    Rollout shadowed =
        Rollout.builder("shadow").current(bandit(5)).candidate(ScriptedRouter.failing()).build();

    assertThat(decisions(shadowed)).isEqualTo(decisions(bandit(5)));
    assertThat(shadowed.status().faults()).isEqualTo(300);
    assertThat(shadowed.status().candidate().tasks()).isZero();
    assertThat(shadowed.status().state()).isEqualTo(Rollout.State.RUNNING);
  }

  @Test
  void a_shadow_that_cannot_learn_disturbs_nobody() {
    ScriptedRouter current = ScriptedRouter.of("a1");
    Router candidate =
        new Router() {
          @Override
          public RoutingDecision route(RoutingRequest asked) {
            return new ScriptedRouter.Choice(7, "a1");
          }

          @Override
          public void learn(Outcome outcome) {
            throw new AssertionError("told about " + outcome.decision().id());
          }
        };
    Rollout shadowed =
        Rollout.builder("shadow").current(current).candidate(candidate).shadowLearns(true).build();

    shadowed.learn(Simulation.outcome(shadowed.route(request), Simulation.TASK, true));

    assertThat(current.learned).hasSize(1);
    assertThat(shadowed.status().lastFault()).contains("told about 7");
  }

  @Test
  void counts_how_often_both_chose_the_same_agent() {
    Rollout shadowed = alternating(false);

    for (int i = 0; i < 100; i++) {
      shadowed.learn(Simulation.outcome(shadowed.route(request), Simulation.TASK, true));
    }

    assertThat(shadowed.status().agreement()).isEqualTo(new RolloutStatus.Agreement(100, 50));
    assertThat(shadowed.status().agreement().share()).hasValue(.5);
    assertThat(candidate.learned).isEmpty();
  }

  @Test
  void a_shadow_with_a_spending_limit_spends_and_holds_nothing() {
    for (boolean counts : List.of(false, true)) {
      BanditRouter limited =
          BanditRouter.builder()
              .sources(Sources.system(6))
              .spendingLimit(100, 1_000)
              .countInfrastructureFailures(counts)
              .build();
      Rollout shadowed =
          Rollout.builder("shadow").current(ScriptedRouter.of("a1")).candidate(limited).build();

      for (int i = 0; i < 900; i++) {
        shadowed.learn(Simulation.outcome(shadowed.route(request), Simulation.TASK, true));
      }

      assertThat(shadowed.status().faults()).isZero();
      assertThat(limited.outstandingDecisions()).isZero();
      assertThat(limited.spending().reserved()).isZero();
      assertThat(limited.spending().spent()).isZero();
      assertThat(limited.specialties("a0")).isEmpty();
      assertThat(limited.specialties("a1")).isEmpty();
    }
  }

  @Test
  void learns_where_it_agreed_if_the_builder_says_so() {
    Rollout shadowed = alternating(true);

    for (int i = 0; i < 100; i++) {
      shadowed.learn(Simulation.outcome(shadowed.route(request), Simulation.TASK, true));
    }

    assertThat(candidate.learned)
        .hasSize(50)
        .allSatisfy(outcome -> assertThat(outcome.decision().agent()).isEqualTo("a0"));
  }

  @Test
  void is_asked_no_more_when_the_rollout_is_over() {
    Rollout shadowed = alternating(false);
    shadowed.rollback();

    shadowed.route(request);

    assertThat(candidate.asked).isEmpty();
  }

  private String next() {
    return "a" + turn++ % 2;
  }

  private Rollout alternating(boolean learns) {
    return Rollout.builder("shadow")
        .current(ScriptedRouter.of("a0"))
        .candidate(candidate)
        .shadowLearns(learns)
        .build();
  }

  private static BanditRouter bandit(long seed) {
    return Simulation.router(BanditPolicy.adaptiveThompson(), seed);
  }

  /* Who was chosen for 300 tasks, how likely and why, with one fallback each where it failed. */
  private List<String> decisions(Router router) {
    SplittableRandom luck = new SplittableRandom(11);
    List<String> said = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Task task = Task.builder("work").id("T-" + i).build();
      RoutingDecision first = router.route(Simulation.request(task, agents));
      boolean solved = luck.nextDouble() < .5;
      said.add(first.agent() + first.probability() + first.reason());
      router.learn(Simulation.outcome(first, task, solved));
      if (!solved) {
        List<RegisteredAgent> rest = Simulation.without(agents, List.of(first.agent()));
        RoutingDecision second =
            router.route(new RoutingRequest(task, rest, PerformanceView.empty(), List.of(first)));
        said.add(second.agent() + second.probability() + second.reason());
        router.learn(Simulation.outcome(second, task, luck.nextBoolean()));
      }
    }
    return said;
  }
}
