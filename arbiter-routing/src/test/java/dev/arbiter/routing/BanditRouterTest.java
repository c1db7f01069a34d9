/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditRouter.AgentChange;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Explanation;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BanditRouterTest {
  private final List<RegisteredAgent> agents = FakeAgent.several(5);
  private final RoutingRequest request = Simulation.request(Simulation.TASK, agents);
  private final BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 1);

  static List<BanditPolicy> policies() {
    return List.of(
        BanditPolicy.adaptiveThompson(), BanditPolicy.epsilonGreedy(), BanditPolicy.ucb1());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void the_same_seed_and_order_give_the_same_decisions(BanditPolicy policy) {
    assertThat(decisions(policy, 7)).isEqualTo(decisions(policy, 7));
  }

  @Test
  void another_seed_gives_other_decisions() {
    assertThat(decisions(BanditPolicy.adaptiveThompson(), 7))
        .isNotEqualTo(decisions(BanditPolicy.adaptiveThompson(), 8));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void comes_to_prefer_who_succeeds(BanditPolicy policy) {
    BanditRouter learning = Simulation.router(policy, 3);

    int last = 0;
    for (int i = 0; i < 2_000; i++) {
      RoutingDecision decision = learning.route(request);
      boolean best = decision.agent().equals("a3");
      learning.learn(Simulation.outcome(decision, Simulation.TASK, best));
      last += i >= 1_000 && best ? 1 : 0;
    }

    assertThat(last).isGreaterThan(900);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void takes_a_single_candidate_for_certain(BanditPolicy policy) {
    RoutingDecision decision =
        Simulation.router(policy, 4)
            .route(Simulation.request(Simulation.TASK, agents.subList(2, 3)));

    assertThat(decision.agent()).isEqualTo("a2");
    assertThat(decision.probability()).isEqualTo(1);
    assertThat(decision.reason()).isEqualTo("the only candidate is a2");
  }

  @Test
  void refuses_a_request_without_candidates_and_names_the_task() {
    Task task = Task.builder("refactor").id("T-42").requires("java").build();

    assertThatThrownBy(() -> router.route(Simulation.request(task, List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no candidate for task 'T-42' (type refactor, capabilities [java])");
  }

  @Test
  void a_decision_lists_all_candidates_in_registry_order() {
    RoutingDecision decision = router.route(request);

    assertThat(decision.candidates())
        .extracting(RoutingDecision.Scored::agent)
        .containsExactly("a0", "a1", "a2", "a3", "a4");
    double best =
        decision.candidates().stream().mapToDouble(RoutingDecision.Scored::score).max().orElse(-1);
    assertThat(decision.candidates()).contains(new RoutingDecision.Scored(decision.agent(), best));
    assertThat(decision.policy()).isEqualTo("adaptive-thompson");
    assertThat(decision.reason()).matches("(exploits|explores) a\\d, which drew .*; next was .*");
  }

  @Test
  void a_list_that_changes_afterwards_changes_no_decision() {
    List<RegisteredAgent> mutable = new ArrayList<>(agents);
    RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, mutable));

    mutable.clear();

    assertThat(decision.candidates()).hasSize(5);
  }

  @Test
  void a_reused_list_with_other_agents_is_read_anew() {
    List<RegisteredAgent> mutable = new ArrayList<>(agents.subList(0, 1));
    router.route(Simulation.request(Simulation.TASK, mutable));

    mutable.set(0, FakeAgent.of("other", 9));

    RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, mutable));
    assertThat(decision.agent()).isEqualTo("other");
  }

  @Test
  void a_second_outcome_of_a_decision_counts_for_nothing() {
    RoutingDecision decision = router.route(request);

    router.learn(Simulation.outcome(decision, Simulation.TASK, true));
    router.learn(Simulation.outcome(decision, Simulation.TASK, false));

    assertThat(router.ignoredOutcomes()).isEqualTo(1);
    assertThat(router.outstandingDecisions()).isZero();
  }

  @Test
  void an_outcome_of_another_router_counts_for_nothing() {
    BanditRouter other = Simulation.router(BanditPolicy.adaptiveThompson(), 99);
    router.route(request);

    router.learn(Simulation.outcome(other.route(request), Simulation.TASK, true));

    assertThat(router.ignoredOutcomes()).isEqualTo(1);
    assertThat(router.outstandingDecisions()).isEqualTo(1);
  }

  @Test
  void an_outcome_for_another_agent_than_was_chosen_counts_for_nothing() {
    RoutingDecision decision = router.route(request);
    RoutingDecision forged =
        new ScoredDecision(
            decision.id(),
            "x",
            List.of(FakeAgent.of("z", 8)),
            0,
            new double[1],
            candidate -> 1,
            Explanation.Motive.RULE,
            "",
            candidate -> Map.of());

    router.learn(Simulation.outcome(forged, Simulation.TASK, true));

    assertThat(router.ignoredOutcomes()).isEqualTo(1);
    assertThat(router.outstandingDecisions()).isEqualTo(1);
  }

  @Test
  void forgets_the_oldest_decision_beyond_its_memory() {
    BanditRouter forgetful = BanditRouter.builder().sources(Sources.system(1)).memory(3).build();
    List<RoutingDecision> decisions = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      decisions.add(forgetful.route(request));
    }

    for (RoutingDecision decision : decisions) {
      forgetful.learn(Simulation.outcome(decision, Simulation.TASK, true));
    }

    assertThat(forgetful.ignoredOutcomes()).isEqualTo(2);
    assertThat(forgetful.outstandingDecisions()).isZero();
  }

  @Test
  void a_failure_around_the_agent_is_not_its_own() {
    double before = meanOf(false, 40);

    assertThat(before).isGreaterThan(.4);
    assertThat(meanOf(true, 40)).isLessThan(.2);
  }

  /** The mean score of an agent after failures around it. */
  private double meanOf(boolean count, int failures) {
    BanditRouter learning =
        BanditRouter.builder()
            .sources(Sources.system(1))
            .countInfrastructureFailures(count)
            .build();
    RoutingRequest alone = Simulation.request(Simulation.TASK, agents.subList(0, 1));
    for (int i = 0; i < failures; i++) {
      learning.learn(
          new Outcome(
              learning.route(alone),
              Simulation.TASK,
              1,
              Outcome.Kind.INFRASTRUCTURE,
              0,
              0,
              Duration.ZERO));
    }
    double sum = 0;
    for (int i = 0; i < 500; i++) {
      sum += learning.route(alone).candidates().get(0).score() / 500;
    }
    return sum;
  }

  @Test
  void an_outcome_that_is_no_number_cannot_be_made() {
    RoutingDecision decision = router.route(request);

    assertThatThrownBy(() -> outcome(decision, Double.NaN, 0, Duration.ZERO))
        .hasMessageContaining("outcome.quality must be in [0,1], got NaN");
    assertThatThrownBy(() -> outcome(decision, 1.5, 0, Duration.ZERO))
        .hasMessageContaining("got 1.5");
    assertThatThrownBy(() -> outcome(decision, 1, Double.POSITIVE_INFINITY, Duration.ZERO))
        .hasMessageContaining("outcome.cost");
  }

  @Test
  void durations_and_costs_beyond_reason_leave_scores_that_are_numbers() {
    BanditRouter learning =
        BanditRouter.builder().sources(Sources.system(1)).valueOfSuccess(1).build();
    RoutingRequest alone = Simulation.request(Simulation.TASK, agents.subList(0, 1));
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE);
    for (int i = 0; i < 20; i++) {
      learning.learn(outcome(learning.route(alone), 1, Double.MAX_VALUE, longest));
      learning.learn(outcome(learning.route(alone), 1, 0, longest.negated()));
    }
    ((FakeAgent) agents.get(1)).active = 10;

    assertThat(learning.route(request).candidates())
        .allMatch(scored -> Double.isFinite(scored.score()));
  }

  @Test
  void money_matters_once_a_success_has_a_value() {
    BanditRouter thrifty =
        BanditRouter.builder().sources(Sources.system(2)).valueOfSuccess(2).build();
    int cheap = 0;

    for (int i = 0; i < 600; i++) {
      RoutingDecision decision = thrifty.route(request);
      double cost = decision.agent().equals("a1") ? .05 : 1.5;
      thrifty.learn(outcome(decision, .6, cost, Duration.ZERO));
      cheap += i >= 300 && decision.agent().equals("a1") ? 1 : 0;
    }

    assertThat(cheap).isGreaterThan(280);
  }

  @Test
  void a_declared_price_is_believed_until_costs_are_known() {
    RegisteredAgent dear = new FakeAgent(AgentProfile.builder("dear").price(10).build(), 0);
    RegisteredAgent cheap = new FakeAgent(AgentProfile.builder("cheap").price(.1).build(), 1);
    BanditRouter thrifty =
        BanditRouter.builder().sources(Sources.system(3)).valueOfSuccess(2).build();

    RoutingDecision decision =
        thrifty.route(Simulation.request(Simulation.TASK, List.of(dear, cheap)));

    assertThat(decision.agent()).isEqualTo("cheap");
  }

  @Test
  void an_agent_with_a_long_queue_waits_for_better_times() {
    FakeAgent busy = (FakeAgent) agents.get(0);
    teach("a0", 1);
    teach("a1", .8);
    busy.active = AgentProfile.DEFAULT_CAPACITY;
    busy.queued = 30;

    for (int i = 0; i < 100; i++) {
      assertThat(router.route(request).agent()).isNotEqualTo("a0");
    }
  }

  private void teach(String id, double quality) {
    RegisteredAgent agent = agents.get(Integer.parseInt(id.substring(1)));
    for (int i = 0; i < 50; i++) {
      RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, List.of(agent)));
      router.learn(outcome(decision, quality, 0, Duration.ofSeconds(60)));
    }
  }

  @Test
  void what_was_learned_of_an_agent_outlives_its_number() {
    teach("a0", 1);
    List<RegisteredAgent> moved =
        List.of(FakeAgent.of("stranger", 0), FakeAgent.of("a0", 17), FakeAgent.of("b", 3));

    int chosen = 0;
    for (int i = 0; i < 50; i++) {
      chosen +=
          router.route(Simulation.request(Simulation.TASK, moved)).agent().equals("a0") ? 1 : 0;
    }

    assertThat(chosen).isGreaterThan(40);
  }

  @Test
  void any_number_of_types_is_learned_from() {
    for (int i = 0; i < BanditRouter.MOST_TYPES + 500; i++) {
      Task task = Task.builder("type-" + i).build();
      RoutingDecision decision = router.route(Simulation.request(task, agents));
      router.learn(Simulation.outcome(decision, task, i % 2 == 0));
    }

    assertThat(router.ignoredOutcomes()).isZero();
  }

  /** 4 threads, 5,000 decisions each, outcomes handed in by whoever comes first. */
  @Test
  void decisions_and_outcomes_of_many_threads_all_count() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  RoutingDecision decision = router.route(request);
                  router.learn(Simulation.outcome(decision, Simulation.TASK, i % 3 == 0));
                }
              }));
    }

    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(router.ignoredOutcomes()).isZero();
    assertThat(router.outstandingDecisions()).isZero();
  }

  @Test
  void the_builder_refuses_what_makes_no_sense() {
    BanditRouter.Builder builder = BanditRouter.builder();

    assertThatThrownBy(() -> builder.horizon(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("router.horizon must be at least 1, got 0");
    assertThatThrownBy(() -> builder.memory(0))
        .hasMessage("router.memory must be 1 to 2^28, got 0");
    assertThatThrownBy(() -> builder.valueOfSuccess(Double.NaN))
        .hasMessage("router.valueOfSuccess must be above 0, got NaN");
  }

  private List<String> decisions(BanditPolicy policy, long seed) {
    BanditRouter seeded = Simulation.router(policy, seed);
    SplittableRandom luck = new SplittableRandom(5);
    List<String> decisions = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      RoutingDecision decision = seeded.route(request);
      decisions.add(decision.id() + decision.agent() + decision.candidates());
      seeded.learn(Simulation.outcome(decision, Simulation.TASK, luck.nextInt(3) == 0));
    }
    return decisions;
  }

  private static Outcome outcome(
      RoutingDecision decision, double quality, double cost, Duration time) {
    return new Outcome(decision, Simulation.TASK, 1, Outcome.Kind.SUCCESS, quality, cost, time);
  }

  @Test
  void a_changed_agent_is_told_with_what_it_was_and_is() {
    List<AgentChange> changes = new ArrayList<>();
    BanditRouter watching =
        BanditRouter.builder().sources(Sources.system(1)).onChange(changes::add).build();
    RoutingRequest alone = Simulation.request(Simulation.TASK, agents.subList(0, 1));

    for (int i = 0; i < 300; i++) {
      watching.learn(Simulation.outcome(watching.route(alone), Simulation.TASK, i < 200));
    }

    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).agent()).isEqualTo("a0");
    assertThat(changes.get(0).before()).isGreaterThan(.9);
    assertThat(changes.get(0).after()).isLessThan(.1);
  }
}
