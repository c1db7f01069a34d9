/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.routing.internal.record.PendingDecisions;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for whatever policy is set, by name or built with an argument. */
class EveryPolicyTest {
  private final List<RegisteredAgent> agents = FakeAgent.several(5);

  static List<BanditPolicy> policies() {
    Stream<BanditPolicy> plain = BanditPolicy.names().stream().map(BanditPolicy::named);
    Stream<BanditPolicy> restarting =
        BanditPolicy.names().stream().map(BanditPolicy::named).map(BanditPolicy::restarting);
    BanditPolicy ranking = BanditPolicy.fixedRanking(List.of("a3", "a1"));
    return Stream.of(plain, restarting, Stream.of(ranking)).flatMap(s -> s).toList();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void a_single_candidate_is_certain(BanditPolicy policy) {
    RoutingDecision decision = first(Simulation.router(policy, 1), agents.subList(2, 3));

    assertThat(decision.agent()).isEqualTo("a2");
    assertThat(decision.probability()).isEqualTo(1);
    assertThat(decision.reason()).isEqualTo("the only candidate is a2");
    assertThat(decision.policy()).isEqualTo(policy.name());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void candidates_may_change_with_every_task(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 2);
    SplittableRandom luck = new SplittableRandom(3);

    for (int i = 0; i < 300; i++) {
      int from = luck.nextInt(5);
      int to = from + 1 + luck.nextInt(5 - from);
      RoutingDecision decision = first(router, agents.subList(from, to));
      assertSound(decision, agents.subList(from, to));
      router.learn(Simulation.outcome(decision, Simulation.TASK, luck.nextBoolean()));
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void outcomes_may_come_late_or_twice_or_never(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 4);
    SplittableRandom luck = new SplittableRandom(5);
    Queue<RoutingDecision> underway = new ArrayDeque<>();

    for (int i = 0; i < 200; i++) {
      RoutingDecision decision = first(router, agents);
      assertSound(decision, agents);
      underway.add(decision);
      if (underway.size() > 50) {
        RoutingDecision late = underway.remove();
        int times = luck.nextInt(3);
        for (int time = 0; time < times; time++) {
          router.learn(Simulation.outcome(late, Simulation.TASK, luck.nextBoolean()));
        }
      }
    }

    assertThat(router.ignoredOutcomes()).isPositive();
    assertThat(router.outstandingDecisions()).isGreaterThan(50);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void every_candidate_is_reached_by_falling_back(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 6);

    for (int i = 0; i < 25; i++) {
      List<RoutingDecision> failed = new ArrayList<>();
      List<String> tried = new ArrayList<>();
      while (tried.size() < agents.size()) {
        List<RegisteredAgent> rest = Simulation.without(agents, tried);
        RoutingDecision decision =
            router.route(
                new RoutingRequest(
                    Simulation.TASK, rest, PerformanceView.empty(), List.copyOf(failed)));
        assertSound(decision, rest);
        router.learn(Simulation.outcome(decision, Simulation.TASK, i % 7 == 0));
        failed.add(decision);
        tried.add(decision.agent());
      }
      assertThat(tried).doesNotHaveDuplicates();
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void a_forgotten_agent_is_one_nobody_has_seen(BanditPolicy policy) {
    Learner taught = start(policy);
    Learner fresh = start(policy);
    RoutingRequest request = Simulation.request(Simulation.TASK, agents.subList(0, 2));
    CandidateSet candidates =
        new CandidateSet(request.candidates(), Simulation.TASK, new AgentIndex(10, row -> {}), 1);
    taught.rows(2);
    fresh.rows(2);

    for (int id = 1; id <= 40; id++) {
      int row = candidates.rows[taught.choose(id, request, candidates, id % 3).chosen];
      taught.learn(feedback(row, id % 3));
    }
    taught.forget(0);
    taught.forget(1);

    for (int i = 0; i < 2; i++) {
      double[] scores = {0, 0};
      for (int id = 1; id <= 2_000; id++) {
        scores[0] += taught.choose(id, request, candidates, 0).score(i) / 2_000;
        scores[1] += fresh.choose(id, request, candidates, 0).score(i) / 2_000;
      }
      assertThat(scores[0]).isBetween(scores[1] - .1, scores[1] + .1);
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void more_types_of_task_than_are_kept_apart_share_one(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 8);

    for (int type = 0; type < BanditRouter.MOST_TYPES + 200; type++) {
      Task task = Task.builder("t" + type).build();
      RoutingDecision decision = router.route(Simulation.request(task, agents));
      router.learn(Simulation.outcome(decision, task, type % 3 == 0));
    }

    assertSound(first(router, agents), agents);
  }

  @ParameterizedTest
  @MethodSource("policies")
  void the_same_seed_and_order_give_the_same_decisions(BanditPolicy policy) {
    assertThat(decisions(policy)).isEqualTo(decisions(policy));
  }

  @Test
  void names_are_sorted_and_those_of_the_policies() {
    assertThat(BanditPolicy.names())
        .isSorted()
        .containsExactly(
            "adaptive-thompson",
            "default",
            "discounted-thompson",
            "epsilon-greedy",
            "hierarchical-thompson",
            "imed",
            "kl-ucb",
            "least-loaded",
            "lin-thompson",
            "optimistic-gittins",
            "round-robin",
            "thompson",
            "ucb-alpha",
            "ucb1",
            "uniform",
            "weighted");
    assertThat(BanditPolicy.names())
        .filteredOn(name -> !name.equals("default"))
        .allSatisfy(name -> assertThat(BanditPolicy.named(name).name()).isEqualTo(name));
    assertThat(BanditPolicy.named("default").name()).isEqualTo("adaptive-thompson");
  }

  @Test
  void an_unknown_name_is_refused_with_all_that_are_known() {
    assertThatThrownBy(() -> BanditPolicy.named("ucb2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no policy is named 'ucb2'; take one of [adaptive-thompson, ")
        .hasMessageContaining("BanditPolicy.restarting or fixedRanking");
  }

  private static RoutingDecision first(BanditRouter router, List<RegisteredAgent> candidates) {
    return router.route(Simulation.request(Simulation.TASK, candidates));
  }

  private static void assertSound(RoutingDecision decision, List<RegisteredAgent> candidates) {
    List<String> ids = candidates.stream().map(RegisteredAgent::id).toList();
    assertThat(decision.candidates()).extracting(RoutingDecision.Scored::agent).isEqualTo(ids);
    assertThat(decision.candidates()).noneMatch(scored -> Double.isNaN(scored.score()));
    assertThat(ids).contains(decision.agent());
    assertThat(decision.probability()).isGreaterThan(0).isLessThanOrEqualTo(1 + 1e-9);
    assertThat(decision.reason()).contains(decision.agent());
  }

  private static Learner start(BanditPolicy policy) {
    return policy.start(Simulation.setting(7));
  }

  private static Feedback feedback(int row, int category) {
    return new Feedback(
        row, category, PendingDecisions.FIRST_CHOICE, Float.NaN, row, 0, Simulation.TASK);
  }

  private List<String> decisions(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 9);
    SplittableRandom luck = new SplittableRandom(10);
    List<String> decisions = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      RoutingDecision decision = first(router, agents);
      decisions.add(decision.agent() + decision.probability() + decision.candidates());
      router.learn(Simulation.outcome(decision, Simulation.TASK, luck.nextDouble() < .4));
    }
    return decisions;
  }
}
