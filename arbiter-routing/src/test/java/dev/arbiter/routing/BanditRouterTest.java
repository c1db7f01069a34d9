/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BanditRouterTest {
  private static final Task TASK = Bench.task("any");

  static Stream<BanditPolicy> policies() {
    return Stream.of(
        BanditPolicy.adaptiveThompson(), BanditPolicy.epsilonGreedy(), BanditPolicy.ucb1());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void a_decision_carries_everybody_with_score_reason_policy_and_probability(BanditPolicy policy) {
    BanditRouter router = Bench.router(policy, 1);

    RoutingDecision decision = router.route(Bench.request(TASK, Bench.agents(3)));

    assertThat(decision.policy()).isEqualTo(policy.name());
    assertThat(decision.candidates())
        .extracting(RoutingDecision.Scored::agent)
        .containsExactly("agent-0", "agent-1", "agent-2");
    assertThat(decision.reason()).contains(decision.agent()).contains("of 3 candidates");
    assertThat(decision.probability()).isGreaterThan(0).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void one_candidate_is_chosen_with_certainty(BanditPolicy policy) {
    RoutingDecision decision = Bench.router(policy, 1).route(Bench.request(TASK, Bench.agents(1)));

    assertThat(decision.agent()).isEqualTo("agent-0");
    assertThat(decision.probability()).isCloseTo(1, within(1e-12));
    assertThat(decision.reason()).contains("agent-0, the only candidate");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void no_candidate_is_an_error_that_names_the_task(BanditPolicy policy) {
    assertThatThrownBy(() -> Bench.router(policy, 1).route(Bench.request(TASK, List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no candidate for task 'T'");
  }

  @ParameterizedTest
  @MethodSource("policies")
  void the_same_seed_and_order_give_the_same_decisions(BanditPolicy policy) {
    assertThat(decisions(policy, 5)).isEqualTo(decisions(policy, 5)).hasSize(500);
  }

  private static List<String> decisions(BanditPolicy policy, long seed) {
    BanditRouter router = Bench.router(policy, seed);
    List<RegisteredAgent> agents = Bench.agents(6);
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Task task = Bench.task("type-" + i % 3);
      RoutingDecision decision = router.route(Bench.request(task, agents));
      made.add(decision.toString());
      router.learn(Bench.outcome(decision, task, decision.agent().endsWith("2") ? 1 : 0));
    }
    return made;
  }

  @ParameterizedTest
  @MethodSource("policies")
  void an_outcome_counts_once_and_only_for_the_router_that_decided(BanditPolicy policy) {
    BanditRouter router = Bench.router(policy, 1);
    BanditRouter other = Bench.router(policy, 2);
    RoutingDecision decision = router.route(Bench.request(TASK, Bench.agents(2)));

    other.learn(Bench.outcome(decision, TASK, 1));
    router.learn(Bench.outcome(decision, TASK, 1));
    router.learn(Bench.outcome(decision, TASK, 1));

    assertThat(router.stats()).isEqualTo(new RouterStats(1, 1, 1, 0));
    assertThat(other.stats()).isEqualTo(new RouterStats(0, 0, 1, 0));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void learns_from_outcomes_that_come_50_tasks_late(BanditPolicy policy) {
    BanditRouter router = Bench.router(policy, 3);
    List<RegisteredAgent> agents = Bench.agents(4);
    List<RoutingDecision> pending = new ArrayList<>();
    int good = 0;
    for (int i = 0; i < 2_000; i++) {
      RoutingDecision decision = router.route(Bench.request(TASK, agents));
      pending.add(decision);
      if (pending.size() > 50) {
        RoutingDecision late = pending.remove(0);
        router.learn(Bench.outcome(late, TASK, late.agent().endsWith("3") ? 0.9 : 0.2));
      }
      good += i >= 1_000 && decision.agent().endsWith("3") ? 1 : 0;
    }

    assertThat(good).isGreaterThan(800);
  }

  @Test
  void an_attempt_that_came_to_nothing_by_no_fault_of_the_agent_counts_by_setting() {
    for (boolean counts : new boolean[] {false, true}) {
      BanditRouter router =
          BanditRouter.builder()
              .sources(Bench.sources(9))
              .countInfrastructureFailures(counts)
              .build();
      List<RegisteredAgent> agents = Bench.agents(2);
      for (int i = 0; i < 400; i++) {
        RoutingDecision decision = router.route(Bench.request(TASK, agents));
        boolean first = decision.agent().equals("agent-0");
        router.learn(
            first
                ? new Outcome(decision, TASK, 1, Outcome.Kind.INFRASTRUCTURE, 0, 0, Duration.ZERO)
                : Bench.outcome(decision, TASK, 0.5));
      }

      long avoided = 0;
      for (int i = 0; i < 100; i++) {
        avoided += router.route(Bench.request(TASK, agents)).agent().equals("agent-1") ? 1 : 0;
      }
      if (counts) {
        assertThat(avoided).isGreaterThan(90);
      } else {
        assertThat(avoided).isLessThan(90);
      }
    }
  }

  @Test
  void weighing_each_choice_by_its_stated_probability_counts_every_agent_alike() {
    // What off-policy evaluation rests on: the mean of [a was chosen] / probability is 1 for every
    // agent. 4,000 decisions after 60 outcomes; bound: 4 standard deviations of that mean.
    List<RegisteredAgent> agents = Bench.agents(5);
    BanditRouter router = Bench.router(BanditPolicy.adaptiveThompson(), 11);
    SplittableRandom world = new SplittableRandom(12);
    for (int i = 0; i < 60; i++) {
      Task task = Bench.task(i % 2 == 0 ? "a" : "b");
      RoutingDecision decision = router.route(Bench.request(task, agents));
      int arm = decision.agent().charAt(6) - '0';
      router.learn(Bench.outcome(decision, task, world.nextDouble() < .5 + .05 * arm ? 1 : 0));
    }
    int decisions = 4_000;
    double[] weighed = new double[5];
    int[] chosen = new int[5];
    for (int i = 0; i < decisions; i++) {
      RoutingDecision decision = router.route(Bench.request(Bench.task("a"), agents));
      int arm = decision.agent().charAt(6) - '0';
      chosen[arm]++;
      weighed[arm] += 1 / decision.probability() / decisions;
    }

    for (int arm = 0; arm < 5; arm++) {
      double share = chosen[arm] / (double) decisions;
      assertThat(weighed[arm])
          .as("agent %d, chosen %d times", arm, chosen[arm])
          .isCloseTo(1, within(4 * Math.sqrt((1 / share - 1) / decisions)));
    }
  }

  @Test
  void epsilon_greedy_states_its_probability_exactly() {
    List<RegisteredAgent> agents = Bench.agents(4);
    BanditRouter router = Bench.router(BanditPolicy.epsilonGreedy(0.2, 1), 4);
    for (int i = 0; i < 50; i++) {
      RoutingDecision decision = router.route(Bench.request(TASK, agents));
      router.learn(Bench.outcome(decision, TASK, decision.agent().endsWith("1") ? 1 : 0));
    }

    RoutingDecision decision = router.route(Bench.request(TASK, agents));

    double expected = decision.agent().endsWith("1") ? 0.85 : 0.05;
    assertThat(decision.probability()).isCloseTo(expected, within(1e-12));
  }

  @Test
  void a_fallback_is_the_next_best_of_the_same_draws() {
    List<RegisteredAgent> agents = Bench.agents(4);
    BanditRouter router = Bench.router(BanditPolicy.adaptiveThompson(), 21);
    RoutingDecision first = router.route(Bench.request(TASK, agents));
    List<RegisteredAgent> rest =
        agents.stream().filter(agent -> !agent.id().equals(first.agent())).toList();
    String second =
        first.candidates().stream()
            .filter(scored -> !scored.agent().equals(first.agent()))
            .max(java.util.Comparator.comparingDouble(RoutingDecision.Scored::score))
            .orElseThrow()
            .agent();

    RoutingDecision fallback =
        router.route(new RoutingRequest(TASK, rest, PerformanceView.empty(), List.of(first)));

    assertThat(fallback.agent()).isEqualTo(second);
    assertThat(fallback.reason()).startsWith("next best of the same draws");
    assertThat(fallback.probability()).isBetween(0.01, 0.99);
  }

  @Test
  void an_agent_without_a_free_slot_pays_for_the_wait() {
    RegisteredAgent full = new Bench.PaperAgent(AgentProfile.of("full"), 0, 10, 30);
    RegisteredAgent free = new Bench.PaperAgent(AgentProfile.of("free"), 1, 0, 0);
    BanditRouter router = Bench.router(BanditPolicy.adaptiveThompson(), 2);
    int toFree = 0;
    for (int i = 0; i < 200; i++) {
      toFree +=
          router.route(Bench.request(TASK, List.of(full, free))).agent().equals("free") ? 1 : 0;
    }

    assertThat(toFree).isGreaterThan(195);
  }

  @Test
  void an_honest_declaration_helps_from_the_first_task() {
    assertThat(declared(200, a -> a == 3 ? .9 : .3)).isLessThan(20);
  }

  @Test
  void an_overstated_declaration_is_found_out() {
    assertThat(declared(2_000, a -> a == 0 ? .95 : .5)).isLessThan(90);
  }

  /** Mean regret of 20 runs over 8 agents, of which agent 3 is good and the others are not. */
  private static double declared(int steps, java.util.function.IntToDoubleFunction claim) {
    double regret = 0;
    for (int run = 0; run < 20; run++) {
      BanditRouter router = Bench.router(BanditPolicy.adaptiveThompson(), 100 + run);
      SplittableRandom world = new SplittableRandom(run);
      List<RegisteredAgent> agents = new ArrayList<>();
      for (int a = 0; a < 8; a++) {
        agents.add(
            Bench.agent(
                AgentProfile.builder("agent-" + a)
                    .capability("any", claim.applyAsDouble(a))
                    .capability("other", .5)
                    .build(),
                a));
      }
      for (int t = 0; t < steps; t++) {
        RoutingDecision decision = router.route(Bench.request(TASK, agents));
        double mean = decision.agent().equals("agent-3") ? .8 : .4;
        regret += (.8 - mean) / 20;
        router.learn(Bench.outcome(decision, TASK, world.nextDouble() < mean ? 1 : 0));
      }
    }
    return regret;
  }

  @Test
  void figures_outside_their_range_are_refused() {
    assertThatThrownBy(() -> BanditPolicy.epsilonGreedy(1.5, .9))
        .hasMessage("epsilon must start in [0,1], got 1.5");
    assertThatThrownBy(() -> BanditPolicy.epsilonGreedy(.1, Double.NaN))
        .hasMessage("epsilon must decay by (0,1], got NaN");
    assertThatThrownBy(() -> BanditRouter.builder().horizon(0))
        .hasMessage("horizon must be at least 1 task, got 0");
    assertThatThrownBy(
            () ->
                Bench.outcome(
                    Bench.router(BanditPolicy.ucb1(), 1)
                        .route(Bench.request(TASK, Bench.agents(1))),
                    TASK,
                    Double.POSITIVE_INFINITY))
        .hasMessageContaining("outcome.quality must be in [0,1]");
  }

  @Test
  void a_known_horizon_makes_the_end_of_the_run_greedy() {
    BanditRouter router = BanditRouter.builder().sources(Bench.sources(5)).horizon(1_000).build();
    List<RegisteredAgent> agents = Bench.agents(5);
    SplittableRandom world = new SplittableRandom(6);
    int best = 0;
    for (int t = 0; t < 1_000; t++) {
      RoutingDecision decision = router.route(Bench.request(TASK, agents));
      boolean good = decision.agent().equals("agent-4");
      best += t >= 900 && good ? 1 : 0;
      router.learn(Bench.outcome(decision, TASK, world.nextDouble() < (good ? .6 : .5) ? 1 : 0));
    }

    assertThat(best).isGreaterThan(90);
  }

  @Test
  void memory_stays_bounded_whatever_ids_come_in() {
    MeanArms means = new MeanArms();
    Arms arms = new Arms(means, 1_000);
    for (int i = 0; i < 50_000; i++) {
      List<RegisteredAgent> one = List.of(Bench.agent(AgentProfile.of("agent-" + i), i % 7));
      arms.makeRoom(one);
      int row = arms.row(one.get(0), i);
      means.add(row, 1);
    }

    assertThat(arms.size()).isLessThanOrEqualTo(1_001);
    assertThat(means.sum.length).isLessThanOrEqualTo(2_048);
    TaskTypes types = new TaskTypes();
    for (int i = 0; i < 100_000; i++) {
      assertThat(types.number("type-" + i)).isLessThanOrEqualTo(4_096);
    }
  }

  @Test
  void a_number_given_to_another_agent_does_not_give_it_the_others_past() {
    Arms arms = new Arms(new MeanArms());
    int ada = arms.row(Bench.agent(AgentProfile.of("ada"), 0), 1);
    int bob = arms.row(Bench.agent(AgentProfile.of("bob"), 0), 2);

    assertThat(bob).isNotEqualTo(ada);
    assertThat(arms.row(Bench.agent(AgentProfile.of("ada"), 5), 3)).isEqualTo(ada);
  }
}
