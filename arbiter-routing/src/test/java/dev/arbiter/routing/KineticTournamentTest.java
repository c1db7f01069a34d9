/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.routing.internal.record.PendingDecisions;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two learners see the same outcomes; one scans, the other keeps tournaments. Pinned seeds. */
class KineticTournamentTest {
  private static final int DECISIONS = 100_000;
  private static final int AGENTS = 500;

  private final SplittableRandom luck = new SplittableRandom(5);
  private final List<RegisteredAgent> agents = FakeAgent.several(AGENTS);
  private final List<List<RegisteredAgent>> lists =
      List.of(
          List.copyOf(agents.subList(0, 300)),
          List.copyOf(agents.subList(200, 400)),
          List.copyOf(agents.subList(10, 50)),
          List.copyOf(agents.subList(350, 400)));
  private final Queue<Feedback> underway = new ArrayDeque<>();

  private Ucb quick = new Ucb(Ucb.UCB1, 4);
  private Ucb plain = new Ucb(Ucb.UCB1, 4);
  private AgentIndex agentIndex = new AgentIndex(AGENTS, row -> {});
  private CandidateSet.Cache candidateSets = new CandidateSet.Cache(agentIndex);
  private long now;

  @ParameterizedTest
  @ValueSource(doubles = {.05, 1, 4})
  void every_choice_is_the_one_of_a_scan(double alpha) {
    start(alpha);

    for (int i = 0; i < DECISIONS; i++) {
      CandidateSet candidates = candidates(lists.get(luck.nextInt(lists.size())));
      int chosen = assertSameChoice(candidates);
      underway.add(feedback(candidates.rows[chosen], chance(candidates.rows[chosen])));
      learnSome(luck.nextInt(1_000) == 0 ? 200 : 20);
      if (luck.nextInt(5_000) == 0) {
        forget(luck.nextInt(agentIndex.size()));
      }
    }
  }

  @Test
  void equals_are_taken_in_the_same_turns() {
    start(1);

    for (int i = 0; i < DECISIONS; i++) {
      CandidateSet candidates = candidates(lists.get(i % 3));
      int chosen = assertSameChoice(candidates);
      underway.add(feedback(candidates.rows[chosen], 1));
      learnSome(i % 700);
    }
  }

  @Test
  void rows_may_pass_to_other_agents() {
    start(1, 410);

    for (int i = 0; i < 20_000; i++) {
      if (luck.nextInt(300) == 0) {
        candidates(List.of(FakeAgent.of("stranger" + i, AGENTS + i)));
      }
      CandidateSet candidates = candidates(lists.get(luck.nextInt(lists.size())));
      int chosen = assertSameChoice(candidates);
      underway.add(feedback(candidates.rows[chosen], .5));
      learnSome(10);
    }

    assertThat(agentIndex.evictions()).isPositive();
  }

  @Test
  void what_was_compared_can_be_told_much_later() {
    start(1);
    List<BanditDecision> quickly = new ArrayList<>();
    List<BanditDecision> plainly = new ArrayList<>();

    for (int i = 0; i < 5_000; i++) {
      CandidateSet candidates = candidates(lists.get(luck.nextInt(lists.size())));
      BanditDecision decision = choose(quick, candidates, true);
      quickly.add(decision);
      plainly.add(choose(plain, candidates, false));
      underway.add(feedback(candidates.rows[decision.chosen], .5));
      learnSome(10);
    }

    for (int i = 100; i < quickly.size(); i += 7) {
      assertThat(quickly.get(i).candidates()).isEqualTo(plainly.get(i).candidates());
      assertThat(quickly.get(i).reason()).isEqualTo(plainly.get(i).reason());
      assertThat(quickly.get(i).probability()).isEqualTo(1);
    }
  }

  private void start(double alpha) {
    start(alpha, AGENTS);
  }

  private void start(double alpha, int mostRows) {
    quick = new Ucb(Ucb.ALPHA, alpha);
    plain = new Ucb(Ucb.ALPHA, alpha);
    agentIndex = new AgentIndex(mostRows, this::forget);
    candidateSets = new CandidateSet.Cache(agentIndex);
  }

  private CandidateSet candidates(List<RegisteredAgent> list) {
    CandidateSet candidates = candidateSets.of(list, Simulation.TASK, true, ++now);
    quick.rows(agentIndex.size());
    plain.rows(agentIndex.size());
    return candidates;
  }

  private int assertSameChoice(CandidateSet candidates) {
    int chosen = choose(quick, candidates, candidates.recurs).chosen;
    assertThat(choose(plain, candidates, false).chosen).isEqualTo(chosen);
    return chosen;
  }

  private BanditDecision choose(Ucb learner, CandidateSet candidates, boolean recurs) {
    boolean before = candidates.recurs;
    candidates.recurs = recurs;
    RoutingRequest request = Simulation.request(Simulation.TASK, candidates.candidates);
    BanditDecision decision = learner.choose(now, request, candidates, 0);
    candidates.recurs = before;
    return decision;
  }

  private static double chance(int row) {
    return row % 7 / 8.0;
  }

  /** One in five is a fallback, whose outcomes count by halves and not as zeros and ones. */
  private Feedback feedback(int row, double chance) {
    int failedRow = luck.nextInt(5) == 0 ? row / 2 : PendingDecisions.FIRST_CHOICE;
    double reward = luck.nextDouble() < chance ? 1 : 0;
    return new Feedback(row, 0, failedRow, Float.NaN, reward, 0, Simulation.TASK);
  }

  private void learnSome(int left) {
    while (underway.size() > left) {
      Feedback feedback = underway.remove();
      quick.learn(feedback);
      plain.learn(feedback);
    }
  }

  private void forget(int row) {
    quick.forget(row);
    plain.forget(row);
  }

  @Test
  void what_other_routers_learned_counts_in_the_next_match() {
    RoutingRequest request = Simulation.request(Simulation.TASK, FakeAgent.several(100));
    BanditRouter here = Simulation.router(BanditPolicy.ucb1(), 1);
    BanditRouter there = Simulation.router(BanditPolicy.ucb1(), 2);
    work(here, request, 2_000, 3);

    for (int round = 0; round < 20; round++) {
      work(there, request, 300, round);
      here.merge(there.delta());

      BanditRouter anew =
          BanditRouter.builder()
              .policy(BanditPolicy.ucb1())
              .sources(Sources.system(4))
              .state(here.state())
              .build();
      assertThat(highest(here.route(request))).isEqualTo(highest(anew.route(request)));
    }
  }

  private static void work(BanditRouter router, RoutingRequest request, int tasks, int seed) {
    SplittableRandom luck = new SplittableRandom(seed);
    for (int i = 0; i < tasks; i++) {
      RoutingDecision decision = router.route(request);
      router.learn(Simulation.outcome(decision, Simulation.TASK, luck.nextDouble() < .3));
    }
  }

  /* The score of the choice, which of equals may be another. */
  private static double highest(RoutingDecision decision) {
    double chosen = Double.NaN;
    double highest = Double.NEGATIVE_INFINITY;
    for (RoutingDecision.Scored scored : decision.candidates()) {
      chosen = scored.agent().equals(decision.agent()) ? scored.score() : chosen;
      highest = Math.max(highest, scored.score());
    }
    assertThat(chosen).isEqualTo(highest);
    return highest;
  }
}
