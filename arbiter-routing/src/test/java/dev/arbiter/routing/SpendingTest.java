/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
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
    assertThat(router.spending().spent()).isCloseTo(.1, within(1e-9));

    router.route(request);

    assertThat(router.spending().decided()).isEqualTo(1);
    assertThat(router.spending().spent()).isZero();
  }

  /** Runs tasks of one agent one after the other; returns how many were served. */
  private static int serve(
      BanditRouter router, RegisteredAgent agent, int tasks, double cost, IntPredicate isLost) {
    RoutingRequest request = Simulation.request(Simulation.TASK, List.of(agent));
    int served = 0;
    for (int i = 0; i < tasks; i++) {
      try {
        RoutingDecision decision = router.route(request);
        served++;
        if (!isLost.test(i)) {
          router.learn(outcome(decision, true, cost));
        }
      } catch (Router.RefusedException e) {
        assertThat(e).hasMessageContaining("is not affordable");
      }
    }
    return served;
  }

  private static BanditRouter limited(double dollars, int tasks) {
    return BanditRouter.builder().sources(Sources.system(1)).spendingLimit(dollars, tasks).build();
  }

  /** A limit of 1 pays for two tasks of .50 in each period of ten. */
  @Test
  void a_period_turns_by_the_tasks_that_come_also_if_they_are_refused() {
    BanditRouter router = limited(1, 10);

    int served = serve(router, priced("only", 0, .10), 1_000, .50, i -> false);

    assertThat(served).isBetween(198, 200);
    assertThat(router.spending().spent()).isEqualTo(1);
    assertThat(router.spending().refused()).isEqualTo(1_000 - served);
  }

  @Test
  void money_that_is_just_enough_pays_for_every_task() {
    assertThat(serve(limited(1, 10), priced("only", 0, .10), 1_000, .10, i -> false))
        .isGreaterThan(985);
    assertThat(serve(limited(1, 4), priced("only", 0, .25), 1_000, .25, i -> false))
        .isGreaterThan(980);
    assertThat(serve(limited(1, 1), priced("only", 0, 1), 100, 1, i -> false)).isEqualTo(100);
  }

  @Test
  void lost_outcomes_take_what_their_tasks_cost_and_no_more() {
    for (int each : List.of(100, 20, 2, 1)) {
      BanditRouter router = limited(110, 1_000);

      int served = serve(router, priced("only", 0, .10), 20_000, .10, i -> i % each == 0);

      assertThat(served).as("one of %d lost", each).isGreaterThan(each == 1 ? 12_000 : 19_000);
      assertThat(router.spending().reserved()).isLessThanOrEqualTo(110);
    }
  }

  /** Fifty under way, and nobody knows what one costs. */
  @Test
  void unknown_prices_hold_more_and_refuse_nothing_in_a_long_period() {
    BanditRouter router = limited(100, 1_000);
    RoutingRequest request = Simulation.request(Simulation.TASK, FakeAgent.several(1));
    Queue<RoutingDecision> underway = new ArrayDeque<>();
    for (int i = 0; i < 50; i++) {
      underway.add(router.route(request));
    }
    assertThat(router.spending().reserved()).isCloseTo(50, within(1e-3));

    for (int i = 50; i < 1_000; i++) {
      router.learn(outcome(underway.remove(), true, .09));
      underway.add(router.route(request));
    }
    assertThat(router.spending().refused()).isZero();
  }

  @Test
  void what_is_reserved_is_released_after_an_hour() {
    FakeClock clock = new FakeClock();
    BanditRouter router =
        BanditRouter.builder()
            .sources(new Sources(InstantSource.system(), clock, new SplittableRandom(1)))
            .spendingLimit(10, 1_000)
            .build();
    RoutingRequest request = Simulation.request(Simulation.TASK, List.of(priced("only", 0, .10)));
    List<RoutingDecision> lost = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      lost.add(router.route(request));
    }
    assertThat(router.spending().reserved()).isCloseTo(2, within(1e-6));

    clock.now += Duration.ofMinutes(59).toNanos();
    router.learn(outcome(router.route(request), true, .10));
    assertThat(router.spending().reserved()).isCloseTo(2, within(1e-6));

    clock.now += Duration.ofMinutes(2).toNanos();
    router.learn(outcome(router.route(request), true, .10));
    assertThat(router.spending().reserved()).isCloseTo(0, within(1e-6));
    assertThat(router.spending().spent()).isCloseTo(2.2, within(1e-6));

    router.learn(outcome(lost.get(0), true, .05));
    router.learn(outcome(lost.get(1), true, .30));
    assertThat(router.spending().spent()).isCloseTo(2.35, within(1e-6));
  }

  /** Time, handed in. */
  private static final class FakeClock implements LongSupplier {
    private long now = 5;

    @Override
    public long getAsLong() {
      return now;
    }
  }

  @Test
  void an_outcome_after_its_period_first_takes_what_that_period_left() {
    BanditRouter router = limited(1, 2);
    RoutingRequest request = Simulation.request(Simulation.TASK, List.of(priced("only", 0, .20)));
    RoutingDecision first = router.route(request);
    RoutingDecision second = router.route(request);
    router.learn(outcome(second, true, .20));

    RoutingDecision third = router.route(request);
    assertThat(router.spending().decided()).isEqualTo(1);
    assertThat(router.spending().spent()).isZero();
    router.learn(outcome(first, true, .70));
    assertThat(router.spending().spent()).isZero();
    router.learn(outcome(third, true, .20));

    assertThat(router.spending().spent()).isCloseTo(.20, within(1e-6));
  }

  @Test
  void what_a_period_spent_too_much_is_missing_in_the_next_up_to_half_its_money() {
    for (double cost : List.of(1.2, 100.0, 1e308)) {
      BanditRouter router = limited(1, 2);
      RegisteredAgent only = priced("only", 0, .20);
      serve(router, only, 1, cost, i -> false);
      serve(router, only, 1, .20, i -> false);

      serve(router, only, 1, 0, i -> true);

      assertThat(router.spending().decided()).isZero();
      assertThat(router.spending().spent()).isCloseTo(cost == 1.2 ? .2 : .5, within(1e-6));
    }
  }

  /**
   * One cost of 1e308 dollars, as the first outcome or the hundredth, of the best agent or another.
   */
  @Test
  void one_absurd_cost_does_not_shut_an_agent_out() {
    List<RegisteredAgent> two = List.of(priced("good", 0, .10), priced("poor", 1, .10));
    for (int at : List.of(0, 1, 100, 1_000)) {
      for (boolean declare : List.of(true, false)) {
        List<RegisteredAgent> agents = declare ? two : FakeAgent.several(2);
        BanditRouter router =
            BanditRouter.builder().sources(Sources.system(3)).valueOfSuccess(2).build();
        SplittableRandom luck = new SplittableRandom(at);
        int good = 0;
        for (int i = 0; i < 2_000; i++) {
          RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, agents));
          boolean best = decision.agent().equals(agents.get(0).id());
          good += best && i >= 1_500 ? 1 : 0;
          router.learn(
              outcome(decision, luck.nextDouble() < (best ? .8 : .4), i == at ? 1e308 : .10));
        }
        assertThat(good).as("at %d, declared %s", at, declare).isGreaterThan(450);
      }
    }
  }

  /** Twelve agents at 1.5 times the cheapest's price: a second fallback must not eat the first. */
  @Test
  void more_fallbacks_solve_no_less_and_refuse_nothing() {
    double[] solved = new double[3];
    for (int fallbacks = 0; fallbacks < 3; fallbacks++) {
      for (int seed = 0; seed < 6; seed++) {
        BanditRouter router = limited(.03, 3_000, seed);
        SplittableRandom luck = new SplittableRandom(seed);
        List<RegisteredAgent> agents = agents(true);
        int refused = 0;
        double spent = 0;
        for (int i = 0; i < 3_000; i++) {
          List<RoutingDecision> failed = new ArrayList<>();
          List<String> tried = new ArrayList<>();
          double hard = luck.nextDouble();
          while (failed.size() <= fallbacks) {
            RoutingDecision decision;
            try {
              decision =
                  router.route(
                      new RoutingRequest(
                          Simulation.TASK,
                          Simulation.without(agents, tried),
                          PerformanceView.empty(),
                          List.copyOf(failed)));
            } catch (Router.RefusedException e) {
              refused += failed.isEmpty() ? 1 : 0;
              break;
            }
            int agent = Integer.parseInt(decision.agent().substring(1));
            double cost = meanCost(agent) * tail(luck);
            spent += cost;
            boolean success = .7 * luck.nextDouble() + .3 * hard < chance(agent);
            router.learn(outcome(decision, success, cost));
            if (success) {
              solved[fallbacks]++;
              break;
            }
            failed.add(decision);
            tried.add(decision.agent());
          }
        }
        assertThat(refused).as("%d fallbacks, seed %d", fallbacks, seed).isLessThan(30);
        assertThat(spent).isLessThan(1.004 * .03 * 3_000);
      }
      solved[fallbacks] /= 6 * 3_000;
    }

    assertThat(solved[1]).as("%s", Arrays.toString(solved)).isGreaterThan(solved[0] - .005);
    assertThat(solved[2]).as("%s", Arrays.toString(solved)).isGreaterThan(solved[1] - .005);
  }

  private static RegisteredAgent priced(String id, int number, double dollars) {
    return new FakeAgent(AgentProfile.builder(id).price(dollars).build(), number);
  }
}
