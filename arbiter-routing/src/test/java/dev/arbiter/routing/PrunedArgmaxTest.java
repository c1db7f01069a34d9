/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.PrunedArgmax.LazyDraws;
import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.routing.internal.record.PendingDecisions;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decisions among many, of which few draws are computed. Pinned seeds, bounds at each test. */
class PrunedArgmaxTest {
  private static final int AGENTS = 120;
  private static final int TYPES = 3;

  private final SplittableRandom luck = new SplittableRandom(31);
  private final AgentIndex agentIndex = new AgentIndex(1_000, row -> {});
  private final AdaptiveThompson learner =
      new AdaptiveThompson(Simulation.setting(17), AdaptiveThompson.KEEP);
  private long id;

  /** Chi-square of 40,000 choices, within four of its deviations and 1 % for the grid. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void choices_are_as_frequent_as_they_say(boolean screened) {
    CandidateSet candidates = candidates(FakeAgent.several(AGENTS), screened);
    teach(candidates, 40);
    learner.addTotals(new double[] {1e9, 0, 0, 0});
    int decisions = 40_000;
    int[] chosen = new int[AGENTS];
    BanditDecision decision = choose(candidates, 1);

    for (int i = 0; i < decisions; i++) {
      chosen[choose(candidates, 1).chosen]++;
    }

    assertThat(decision instanceof ThompsonDecision t && t.draws() instanceof LazyDraws)
        .isEqualTo(screened);
    assertFrequent(decision, chosen, decisions);
  }

  private static void assertFrequent(BanditDecision decision, int[] chosen, int decisions) {
    double square = 0;
    int degrees = -1;
    double rest = decisions;
    double restChosen = decisions;
    for (int i = 0; i < chosen.length; i++) {
      double expected = decision.probability(i) * decisions;
      if (expected >= 8) {
        square += (chosen[i] - expected) * (chosen[i] - expected) / expected;
        rest -= expected;
        restChosen -= chosen[i];
        degrees++;
      }
    }
    assertThat(degrees).isGreaterThan(30);
    assertThat(square).isLessThan(1.01 * degrees + 4 * Math.sqrt(2.0 * degrees));
    assertThat(restChosen)
        .isBetween(rest - 4 * Math.sqrt(rest) - 80, rest + 4 * Math.sqrt(rest) + 80);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 60})
  void the_chosen_one_is_the_highest_of_what_candidates_shows(int outcomes) {
    List<RegisteredAgent> agents = FakeAgent.several(AGENTS);
    CandidateSet candidates = candidates(agents, true);
    teach(candidates, outcomes);

    for (int i = 0; i < 1_000; i++) {
      ((FakeAgent) agents.get(luck.nextInt(AGENTS))).active = 4 * luck.nextInt(2);
      BanditDecision decision = choose(candidates, i % TYPES);
      for (int other = 0; other < AGENTS; other++) {
        assertThat(decision.score(other)).isLessThanOrEqualTo(decision.score(decision.chosen));
      }
      learn(candidates, decision.chosen, i % TYPES);
    }
  }

  @Test
  void what_was_drawn_can_be_told_much_later() {
    List<List<RoutingDecision.Scored>> atOnce = new ArrayList<>();
    List<RoutingDecision> later = new ArrayList<>();
    BanditRouter one = Simulation.router(BanditPolicy.adaptiveThompson(), 5);
    BanditRouter other = Simulation.router(BanditPolicy.adaptiveThompson(), 5);
    List<RegisteredAgent> agents = FakeAgent.several(AGENTS);

    for (int i = 0; i < 600; i++) {
      RoutingDecision decision = one.route(Simulation.request(Simulation.TASK, agents));
      atOnce.add(decision.candidates());
      later.add(other.route(Simulation.request(Simulation.TASK, agents)));
      boolean success = luck.nextBoolean();
      one.learn(Simulation.outcome(decision, Simulation.TASK, success));
      other.learn(Simulation.outcome(later.get(i), Simulation.TASK, success));
    }

    for (int i = 0; i < 600; i += 9) {
      assertThat(later.get(i).candidates()).isEqualTo(atOnce.get(i));
      assertThat(later.get(i).reason()).contains(later.get(i).agent());
    }
  }

  @Test
  void a_fallback_takes_the_next_best_of_the_same_draws() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 6);
    List<RegisteredAgent> agents = FakeAgent.several(AGENTS);

    for (int i = 0; i < 300; i++) {
      List<RoutingDecision> failed = new ArrayList<>();
      List<String> tried = new ArrayList<>();
      for (int attempt = 0; attempt < 3; attempt++) {
        List<RegisteredAgent> rest = tried.isEmpty() ? agents : Simulation.without(agents, tried);
        RoutingDecision decision =
            router.route(
                new RoutingRequest(
                    Simulation.TASK, rest, PerformanceView.empty(), List.copyOf(failed)));
        failed.add(decision);
        tried.add(decision.agent());
        router.learn(Simulation.outcome(decision, Simulation.TASK, false));
      }
      assertThat(best(failed.get(0), List.of())).isEqualTo(tried.get(0));
      assertThat(best(failed.get(0), tried.subList(0, 1))).isEqualTo(tried.get(1));
      assertThat(best(failed.get(0), tried.subList(0, 2))).isEqualTo(tried.get(2));
      assertThat(failed.get(2).probability()).isBetween(0.0, 1.0);
    }
  }

  @Test
  void of_more_types_than_are_kept_ready_the_rest_draws_everybody() {
    CandidateSet candidates = candidates(FakeAgent.several(AGENTS), true);
    int late = 0;

    for (int i = 0; i < 10 * 40; i++) {
      BanditDecision decision = choose(candidates, i % 40);
      late += decision instanceof ThompsonDecision t && t.draws() instanceof LazyDraws ? 1 : 0;
    }

    assertThat(late).isEqualTo(10 * PrunedArgmax.Cache.KEPT);
  }

  private static String best(RoutingDecision decision, List<String> butNot) {
    String best = "";
    double highest = Double.NEGATIVE_INFINITY;
    for (RoutingDecision.Scored scored : decision.candidates()) {
      if (scored.score() > highest && !butNot.contains(scored.agent())) {
        highest = scored.score();
        best = scored.agent();
      }
    }
    return best;
  }

  /** 24 runs each; means may differ by three standard errors of their difference. */
  @Test
  void regret_is_that_of_drawing_everybody() {
    Measured screened = regret(true);
    Measured drawn = regret(false);

    double error = Math.hypot(screened.error(), drawn.error());
    assertThat(screened.mean()).isBetween(drawn.mean() - 3 * error, drawn.mean() + 3 * error);
  }

  private Measured regret(boolean screened) {
    double[] regrets = new double[24];
    for (int run = 0; run < regrets.length; run++) {
      AdaptiveThompson own = new AdaptiveThompson(Simulation.setting(run), AdaptiveThompson.KEEP);
      CandidateSet candidates = candidates(FakeAgent.several(AGENTS), screened);
      own.rows(agentIndex.size());
      RoutingRequest request = Simulation.request(Simulation.TASK, candidates.candidates);
      for (int round = 0; round < 2_000; round++) {
        int chosen = own.choose(++id, request, candidates, 0).chosen;
        regrets[run] += chance(AGENTS - 1) - chance(chosen);
        own.learn(Simulation.feedback(candidates.rows[chosen], reward(chosen)));
      }
    }
    return Simulation.summary(regrets);
  }

  private CandidateSet candidates(List<RegisteredAgent> agents, boolean recurs) {
    CandidateSet candidates = new CandidateSet(agents, Simulation.TASK, agentIndex, 1);
    candidates.recurs = recurs;
    learner.rows(agentIndex.size());
    return candidates;
  }

  private BanditDecision choose(CandidateSet candidates, int type) {
    RoutingRequest request = Simulation.request(Simulation.TASK, candidates.candidates);
    return learner.choose(++id, request, candidates, type);
  }

  private void teach(CandidateSet candidates, int mostOutcomes) {
    for (int i = 0; i < AGENTS; i++) {
      for (int j = 0; j < mostOutcomes * (i % 10) / 10; j++) {
        learn(candidates, i, j % TYPES);
      }
    }
  }

  private void learn(CandidateSet candidates, int agent, int type) {
    learner.learn(
        new Feedback(
            candidates.rows[agent],
            type,
            PendingDecisions.FIRST_CHOICE,
            Float.NaN,
            reward(agent),
            0,
            Simulation.TASK));
  }

  private double reward(int agent) {
    return luck.nextDouble() < chance(agent) ? 1 : 0;
  }

  private static double chance(int agent) {
    return .35 + .3 * agent / AGENTS;
  }
}
