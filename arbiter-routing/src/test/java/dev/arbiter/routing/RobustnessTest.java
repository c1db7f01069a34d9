/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.internal.record.ChangeDetector;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One bad number, one flood or one alarm does no harm that lasts. */
class RobustnessTest {
  private static final RegisteredAgent UNDECLARED = FakeAgent.of("a0", 0);
  private static final RegisteredAgent DECLARED =
      new FakeAgent(AgentProfile.builder("a0").price(1).build(), 0);

  private static Prices prices(double... dollars) {
    Prices prices = new Prices(1, 1);
    prices.rows(2);
    for (double cost : dollars) {
      prices.learn(0, cost, cost);
    }
    return prices;
  }

  /** Among 0 to 40 outcomes around 1, one of 1e9 at each place. */
  @Test
  void one_outlier_at_any_place_leaves_every_mean_where_it_was() {
    SplittableRandom luck = new SplittableRandom(4);
    for (int count = 1; count <= 40; count++) {
      double[] usual = luck.doubles(count, .5, 1.5).toArray();
      double[] spoiled = usual.clone();
      spoiled[luck.nextInt(count)] = 1e9;

      for (RegisteredAgent agent : List.of(DECLARED, UNDECLARED)) {
        double expected = prices(usual).dollars(0, agent, 1);
        if (count > 1 || agent == DECLARED) {
          assertThat(prices(spoiled).dollars(0, agent, 1)).isCloseTo(expected, within(.4));
          if (count > 1) {
            assertThat(prices(spoiled).cost(0, agent, 0))
                .isCloseTo(prices(usual).cost(0, agent, 0), within(1.0));
          }
          assertThat(prices(spoiled).mostDollars(0, expected)).isLessThan(60);
        }
      }
    }
  }

  @Test
  void the_first_outcome_of_all_is_forgotten_too_if_it_was_absurd() {
    Prices prices = prices(1e9);

    prices.learn(1, 1, 1);
    prices.learn(1, 1, 1);

    assertThat(prices.dollars(0, UNDECLARED, 1)).isCloseTo(1, within(1e-6));
    assertThat(prices.dollars(1, FakeAgent.of("a1", 1), 1)).isCloseTo(1, within(1e-6));
  }

  @Test
  void a_price_that_rose_fifty_times_is_believed_with_its_second_outcome() {
    assertThat(prices(50).dollars(0, DECLARED, 1)).isEqualTo(1);
    assertThat(prices(50, 50).dollars(0, DECLARED, 1)).isEqualTo(105 / 7.0);
  }

  @Test
  void an_undeclared_price_is_that_of_all_agents_as_if_seen_once() {
    Prices prices = prices(1, 1, 1, 1, 1);
    prices.learn(1, 1, 3);

    assertThat(prices.dollars(1, FakeAgent.of("a1", 1), 9))
        .isCloseTo((8.0 / 6 + 3) / 2, within(1e-9));
  }

  /** A time of 30 years at any outcome of the better agent, which is always busy. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 500})
  void one_absurd_time_does_not_keep_tasks_away_from_an_agent(int at) {
    FakeAgent good = FakeAgent.of("a0", 0);
    FakeAgent poor = FakeAgent.of("a1", 1);
    good.active = 10;
    poor.active = 10;
    List<RegisteredAgent> agents = List.of(good, poor);
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), at);
    SplittableRandom luck = new SplittableRandom(at);
    int chosen = 0;
    for (int i = 0; i < 2_000; i++) {
      RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, agents));
      boolean best = decision.agent().equals("a0");
      chosen += best && i >= 1_500 ? 1 : 0;
      boolean success = luck.nextDouble() < (best ? .8 : .4);
      Duration time = i == at ? Duration.ofDays(10_000) : Duration.ofSeconds(1);
      router.learn(
          new Outcome(
              decision,
              Simulation.TASK,
              1,
              success ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE,
              success ? 1 : 0,
              0,
              time));
    }

    assertThat(chosen).isGreaterThan(450);
  }

  /** Two agents, each good at one of two types; then 4,096 types that come once, twice over. */
  @Test
  void junk_types_do_not_end_learning_by_type() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 1);
    List<RegisteredAgent> agents = FakeAgent.several(2);
    Task[] late = {Task.builder("late-0").build(), Task.builder("late-1").build()};
    SplittableRandom luck = new SplittableRandom(2);
    for (int i = 0; i < 2 * BanditRouter.MOST_TYPES; i++) {
      Task junk = Task.builder("junk-" + i).build();
      RoutingDecision decision = router.route(Simulation.request(junk, agents));
      router.learn(Simulation.outcome(decision, junk, luck.nextDouble() < .5));
    }

    double solved = 0;
    for (int i = 0; i < 4_000; i++) {
      Task task = late[i % 2];
      RoutingDecision decision = router.route(Simulation.request(task, agents));
      double chance = decision.agent().equals("a" + i % 2) ? .9 : .3;
      solved += i >= 2_000 ? chance : 0;
      router.learn(Simulation.outcome(decision, task, luck.nextDouble() < chance));
    }

    assertThat(solved / 2_000).isGreaterThan(.85);
    assertThat(router.specialties("a0")).extracting(s -> s.name()).contains("late-0", "late-1");
  }

  @Test
  void types_in_use_survive_a_flood() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 1);
    List<RegisteredAgent> agents = FakeAgent.several(2);
    for (int i = 0; i < 400; i++) {
      Task task = Task.builder("used-" + i % 2).build();
      RoutingDecision decision = router.route(Simulation.request(task, agents));
      router.learn(Simulation.outcome(decision, task, decision.agent().equals("a" + i % 2)));
    }

    for (int i = 0; i < 3 * BanditRouter.MOST_TYPES; i++) {
      router.route(Simulation.request(Task.builder("junk-" + i).build(), agents));
    }

    assertThat(router.state().types().keySet()).contains("used-0", "used-1");
  }

  @Test
  void an_outcome_whose_type_was_forgotten_meanwhile_counts_for_its_own_type() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 1);
    List<RegisteredAgent> one = FakeAgent.several(1);
    Task early = Task.builder("early").build();
    RoutingDecision decision = router.route(Simulation.request(early, one));
    for (int i = 0; i < BanditRouter.MOST_TYPES + 10; i++) {
      Task task = Task.builder("t" + i).build();
      router.route(Simulation.request(task, one));
      router.route(Simulation.request(task, one));
    }

    router.learn(Simulation.outcome(decision, early, true));

    assertThat(router.state().types().keySet()).containsExactly("early");
  }

  @Test
  void an_alert_ends_2_500_outcomes_after_the_last_alarm() {
    ChangeDetector changes = new ChangeDetector();
    changes.rows(1);
    assertThat(changes.isAlert()).isFalse();
    for (int i = 0; i < 500 && changes.alarms() == 0; i++) {
      changes.add(0, i < 200 ? 1 : 0);
    }
    assertThat(changes.isAlert()).isTrue();

    for (int i = 0; i < 2_499; i++) {
      changes.add(0, 0);
    }
    assertThat(changes.isAlert()).isTrue();
    changes.pass();
    assertThat(changes.isAlert()).isFalse();

    changes.alarms(changes.alarms() + 1);
    assertThat(changes.isAlert()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"adaptive-thompson", "glr-thompson"})
  void after_an_alert_no_decision_is_forced_any_more(String name) {
    BanditPolicy policy =
        name.startsWith("glr-")
            ? BanditPolicy.restarting(BanditPolicy.thompson())
            : BanditPolicy.named(name);
    BanditRouter router = Simulation.router(policy, 1);
    List<RegisteredAgent> agents = FakeAgent.several(3);
    int[] forced = new int[2];
    for (int i = 0; i < 8_000; i++) {
      RoutingDecision decision = router.route(Simulation.request(Simulation.TASK, agents));
      boolean best = decision.agent().equals(i < 1_000 ? "a0" : "a1");
      if (decision.reason().contains("next in turn")) {
        forced[i < 5_000 ? 0 : 1]++;
      }
      router.learn(Simulation.outcome(decision, Simulation.TASK, best));
    }

    assertThat(forced[0]).isPositive();
    assertThat(forced[1]).isZero();
  }
}
