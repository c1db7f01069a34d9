/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.RoutingDecision.Scored;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Twelve agents, the better the dearer, whose costs have a tail up to twenty times the mean; what
 * they declare is their mean.
 */
class SpendingTest {
  private static final int AGENTS = 12;

  private static double chance(int agent) {
    return .3 + .04 * agent;
  }

  private static double meanCost(int agent) {
    return .02 * Math.pow(1.6, agent);
  }

  /** A Pareto-like draw with the mean of 1 and at most 20. */
  private static double tail(SplittableRandom luck) {
    double draw = .45 / Math.pow(1 - luck.nextDouble(), .55);
    return Math.min(20, draw);
  }

  private static List<RegisteredAgent> agents(boolean declare) {
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int i = 0; i < AGENTS; i++) {
      AgentProfile.Builder profile = AgentProfile.builder("a" + i);
      if (declare) {
        profile.price(meanCost(i));
      }
      agents.add(new FakeAgent(profile.build(), i));
    }
    return List.copyOf(agents);
  }

  /** What a run came to, a task. */
  private record Run(double solved, double spent, int refused) {}

  private static Run run(BanditRouter router, boolean declare, int tasks, int delay, int seed) {
    SplittableRandom luck = new SplittableRandom(77 + seed);
    RoutingRequest request = Simulation.request(Simulation.TASK, agents(declare));
    Queue<Outcome> underway = new ArrayDeque<>();
    double solved = 0;
    double spent = 0;
    int refused = 0;
    for (int i = 0; i < tasks; i++) {
      try {
        RoutingDecision decision = router.route(request);
        int agent = Integer.parseInt(decision.agent().substring(1));
        double cost = meanCost(agent) * tail(luck);
        boolean success = luck.nextDouble() < chance(agent);
        spent += cost;
        solved += success ? 1 : 0;
        underway.add(outcome(decision, success, cost));
      } catch (Router.RefusedException e) {
        refused++;
      }
      if (underway.size() > delay) {
        router.learn(underway.remove());
      }
    }
    return new Run(solved / tasks, spent / tasks, refused);
  }

  private static Outcome outcome(RoutingDecision decision, boolean success, double cost) {
    Outcome.Kind kind = success ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
    return new Outcome(
        decision, Simulation.TASK, 1, kind, success ? 1 : 0, cost, Duration.ofSeconds(1));
  }

  private static BanditRouter limited(double aTask, int tasks, int seed) {
    return BanditRouter.builder()
        .sources(Sources.system(seed))
        .spendingLimit(aTask * tasks, tasks)
        .build();
  }

  /** Success at a limit a task, over 20 runs, none of which may spend more. */
  private static Measured success(double aTask, int tasks, int delay) {
    double[] solved = new double[20];
    for (int seed = 0; seed < solved.length; seed++) {
      Run run = run(limited(aTask, tasks, seed), true, tasks, delay, seed);
      assertThat(run.spent()).as("seed %d", seed).isLessThanOrEqualTo(aTask);
      assertThat(run.refused()).as("seed %d", seed).isLessThan(tasks / 50);
      solved[seed] = run.solved();
    }
    return Simulation.summary(solved);
  }

  /** The best mix of two agents in hindsight at these limits solves 63, 53 and 44 %. */
  @Test
  void no_run_spends_more_than_its_limit_and_little_success_is_lost() {
    Measured ample = success(.9, 5_000, 0);
    Measured tight = success(.3, 5_000, 0);
    Measured poor = success(.1, 5_000, 0);

    assertThat(ample.mean()).as("%s", ample).isGreaterThan(.58);
    assertThat(tight.mean()).as("%s", tight).isGreaterThan(.50);
    assertThat(poor.mean()).as("%s", poor).isGreaterThan(.41);
  }

  @Test
  void late_outcomes_do_not_break_a_limit() {
    Measured late = success(.3, 5_000, 50);

    assertThat(late.mean()).as("%s", late).isGreaterThan(.49);
  }

  @Test
  void a_limit_holds_where_nobody_declares_a_price() {
    for (int seed = 0; seed < 10; seed++) {
      Run run = run(limited(.5, 2_000, seed), false, 2_000, 0, seed);
      assertThat(run.spent()).as("seed %d", seed).isLessThanOrEqualTo(.5);
    }
  }

  @Test
  void other_policies_keep_to_the_limit_too() {
    for (BanditPolicy policy : List.of(BanditPolicy.ucb1(), BanditPolicy.epsilonGreedy())) {
      BanditRouter router =
          BanditRouter.builder()
              .policy(policy)
              .sources(Sources.system(1))
              .spendingLimit(.3 * 2_000, 2_000)
              .build();

      assertThat(run(router, true, 2_000, 0, 1).spent()).isLessThanOrEqualTo(.3);
    }
  }

  @Test
  void who_cannot_be_afforded_is_masked_and_a_task_nobody_can_do_is_refused() {
    List<RegisteredAgent> two = List.of(priced("cheap", 0, .01), priced("dear", 1, 10));
    RoutingRequest request =
        new RoutingRequest(Simulation.TASK, two, PerformanceView.empty(), List.of());
    BanditRouter router =
        BanditRouter.builder().sources(Sources.system(1)).spendingLimit(1, 10).build();

    RoutingDecision decision = router.route(request);

    assertThat(decision.agent()).isEqualTo("cheap");
    assertThat(decision.probability()).isEqualTo(1);
    assertThat(decision.candidates())
        .contains(new Scored("dear", Double.NEGATIVE_INFINITY))
        .hasSize(2);
    router.learn(outcome(decision, true, .97));
    assertThatThrownBy(() -> router.route(request))
        .isInstanceOf(Router.RefusedException.class)
        .hasMessageContaining("task 'T-1' is not affordable: 0.03000 of 1.000 dollars are left")
        .hasMessageContaining("raise the limit or wait for the next period");
    assertThat(router.spending().refused()).isEqualTo(1);

    router.spendingLimit(1_000, 10);

    assertThat(router.route(request).agent()).isIn("cheap", "dear");
    assertThat(router.spending().reserved()).isPositive();
  }

  @Test
  void the_next_period_begins_when_its_tasks_are_done() {
    List<RegisteredAgent> one = List.of(priced("only", 0, .01));
    RoutingRequest request = Simulation.request(Simulation.TASK, one);
    BanditRouter router =
        BanditRouter.builder().sources(Sources.system(1)).spendingLimit(1, 10).build();
    for (int i = 0; i < 10; i++) {
      router.learn(outcome(router.route(request), true, .01));
    }
    assertThat(router.spending().spent())
        .isCloseTo(.1, org.assertj.core.api.Assertions.within(1e-9));

    router.route(request);

    assertThat(router.spending().decided()).isEqualTo(1);
    assertThat(router.spending().spent()).isZero();
  }

  private static RegisteredAgent priced(String id, int number, double dollars) {
    return new FakeAgent(AgentProfile.builder(id).price(dollars).build(), number);
  }
}
