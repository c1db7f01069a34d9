/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
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
class TournamentTest {
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
  private Roster roster = new Roster(AGENTS, row -> {});
  private Slates slates = new Slates(roster);
  private long now;

  @ParameterizedTest
  @ValueSource(doubles = {.05, 1, 4})
  void every_choice_is_the_one_of_a_scan(double alpha) {
    start(alpha);

    for (int i = 0; i < DECISIONS; i++) {
      Slate slate = slate(lists.get(luck.nextInt(lists.size())));
      int chosen = assertSameChoice(slate);
      underway.add(feedback(slate.rows[chosen], chance(slate.rows[chosen])));
      learnSome(luck.nextInt(1_000) == 0 ? 200 : 20);
      if (luck.nextInt(5_000) == 0) {
        forget(luck.nextInt(roster.size()));
      }
    }
  }

  @Test
  void equals_are_taken_in_the_same_turns() {
    start(1);

    for (int i = 0; i < DECISIONS; i++) {
      Slate slate = slate(lists.get(i % 3));
      int chosen = assertSameChoice(slate);
      underway.add(feedback(slate.rows[chosen], 1));
      learnSome(i % 700);
    }
  }

  @Test
  void rows_may_pass_to_other_agents() {
    start(1, 410);

    for (int i = 0; i < 20_000; i++) {
      if (luck.nextInt(300) == 0) {
        slate(List.of(FakeAgent.of("stranger" + i, AGENTS + i)));
      }
      Slate slate = slate(lists.get(luck.nextInt(lists.size())));
      int chosen = assertSameChoice(slate);
      underway.add(feedback(slate.rows[chosen], .5));
      learnSome(10);
    }

    assertThat(roster.evictions()).isPositive();
  }

  @Test
  void what_was_compared_can_be_told_much_later() {
    start(1);
    List<BanditDecision> quickly = new ArrayList<>();
    List<BanditDecision> plainly = new ArrayList<>();

    for (int i = 0; i < 5_000; i++) {
      Slate slate = slate(lists.get(luck.nextInt(lists.size())));
      BanditDecision decision = choose(quick, slate, true);
      quickly.add(decision);
      plainly.add(choose(plain, slate, false));
      underway.add(feedback(slate.rows[decision.chosen], .5));
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
    roster = new Roster(mostRows, this::forget);
    slates = new Slates(roster);
  }

  private Slate slate(List<RegisteredAgent> list) {
    Slate slate = slates.of(list, Simulation.TASK, true, ++now);
    quick.rows(roster.size());
    plain.rows(roster.size());
    return slate;
  }

  private int assertSameChoice(Slate slate) {
    int chosen = choose(quick, slate, slate.recurs).chosen;
    assertThat(choose(plain, slate, false).chosen).isEqualTo(chosen);
    return chosen;
  }

  private BanditDecision choose(Ucb learner, Slate slate, boolean recurs) {
    boolean before = slate.recurs;
    slate.recurs = recurs;
    RoutingRequest request = Simulation.request(Simulation.TASK, slate.candidates);
    BanditDecision decision = learner.choose(now, request, slate, 0);
    slate.recurs = before;
    return decision;
  }

  private static double chance(int row) {
    return row % 7 / 8.0;
  }

  /** One in five is a fallback, whose outcomes count by halves and not as zeros and ones. */
  private Feedback feedback(int row, double chance) {
    int failedRow = luck.nextInt(5) == 0 ? row / 2 : Pending.FIRST_CHOICE;
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
