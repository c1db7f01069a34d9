/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditRouter.SpendingReport;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.spi.Router;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/**
 * The sums of a spending limit, one law a test. Most numbers are exact in binary, so a bound is met
 * exactly. Of 1000 dollars the most that a tail ties up is 60, and 3 is the tolerance.
 */
class SpendingLawsTest {
  private static final Offset<Double> CLOSE = within(1e-9);
  private static final Offset<Float> NEAR = within(1e-5f);

  private final Prices prices = new Prices(Double.POSITIVE_INFINITY, 0);
  private final AgentIndex index = new AgentIndex(100, prices::forget);
  private final Spending spending = new Spending();
  private int agents;

  private RegisteredAgent priced(double dollars) {
    return agent(AgentProfile.builder("p" + agents).price(dollars).build());
  }

  private RegisteredAgent unpriced() {
    return agent(AgentProfile.of("u" + agents));
  }

  private RegisteredAgent agent(AgentProfile profile) {
    RegisteredAgent agent = new FakeAgent(profile, agents++);
    row(agent);
    prices.rows(index.size());
    return agent;
  }

  /** An agent whose price is known from tasks that all cost the same. */
  private RegisteredAgent seen(double declared, int tasks, double each) {
    RegisteredAgent agent = priced(declared);
    for (int i = 0; i < tasks; i++) {
      prices.learn(row(agent), 1, each);
    }
    return agent;
  }

  private int row(RegisteredAgent agent) {
    return index.row(agent, 1);
  }

  /** Starts a period in which some tasks came and some money is spent. */
  private void start(double dollars, long tasks, long came, double spent) {
    spending.limit(dollars, tasks);
    spending.state(new double[] {spent, 0, 0, came, 0});
  }

  private List<RegisteredAgent> affordable(int failures, RegisteredAgent... candidates) {
    CandidateSet all = new CandidateSet(List.of(candidates), Simulation.TASK, index, 1);
    return List.of(spending.affordable(all, prices, failures, "T-1").agents);
  }

  private void refuses(int failures, RegisteredAgent... candidates) {
    long before = spending.report().refused();
    assertThatThrownBy(() -> affordable(failures, candidates))
        .isInstanceOf(Router.RefusedException.class);
    assertThat(spending.report().refused()).isEqualTo(before + 1);
  }

  private void come(int times) {
    for (int i = 0; i < times; i++) {
      spending.come();
    }
  }

  @Test
  void without_a_limit_nothing_is_counted() {
    SpendingReport untouched = spending.report();

    come(3);
    spending.decided(true, 4, 4);
    spending.release(0, 4, 4);
    spending.paid(true, 0, 4, 4, 8);
    spending.paidLate(true, 0, 4, 8);
    spending.state(new double[] {1, 2, 3, 4, 5});

    assertThat(spending.isLimited()).isFalse();
    assertThat(spending.report()).isEqualTo(untouched);
    assertThat(spending.state()).containsOnly(0);
    assertThat(spending.period()).isZero();
    assertThat(untouched.limit()).isInfinite();
  }

  @Test
  void a_new_limit_starts_a_period_that_keeps_what_is_reserved() {
    start(1_000, 10, 4, 100);
    spending.decided(true, 32, 0);
    spending.paid(true, 0, 0, 0, 1_000);
    assertThat(spending.price()).isPositive();

    spending.limit(500, 5);

    assertThat(spending.isLimited()).isTrue();
    assertThat(spending.report()).isEqualTo(new SpendingReport(500, 5, 0, 0, 32, 0, 0));
    assertThat(spending.state()).containsExactly(32, 0, 0, 0, 0);
  }

  @Test
  void a_new_limit_pays_for_what_is_reserved_and_gets_nothing_back_of_what_was_spent_before() {
    start(1_000, 10, 4, 0);
    spending.decided(true, 32, 8);
    spending.decided(true, 64, 8);
    spending.decided(true, 16, 8);
    spending.release(0, 64, 8);
    spending.limit(500, 5);

    spending.paid(true, 0, 32, 8, 40);
    assertThat(spending.report().reserved()).isEqualTo(16);
    assertThat(spending.report().spent()).isEqualTo(40);

    spending.paidLate(true, 0, 64, 0);
    assertThat(spending.report().spent()).isEqualTo(40);

    spending.release(0, 16, 8);
    assertThat(spending.report().reserved()).isZero();
    assertThat(spending.report().spent()).isEqualTo(56);
  }

  @Test
  void a_new_limit_has_nothing_left_of_the_period_before() {
    start(1_000, 1, 1, 100);
    come(1);
    assertThat(spending.state()).startsWith(0, 900);

    spending.limit(500, 5);
    spending.paidLate(true, 0, 32, 42);

    assertThat(spending.state()).startsWith(10, 0);
  }

  @Test
  void the_task_after_the_last_begins_the_next_period() {
    spending.limit(1_000, 3);
    spending.decided(true, 64, 8);
    spending.paid(true, 0, 0, 0, 128);
    come(3);
    assertThat(spending.period()).isZero();
    assertThat(spending.state()[3]).isEqualTo(3);

    come(1);

    assertThat(spending.period()).isEqualTo(1);
    assertThat(spending.report().reserved()).isZero();
    assertThat(spending.report().decided()).isZero();
    assertThat(spending.report().spent()).isZero();
    assertThat(spending.state()).startsWith(0, 1_000 - 64 - 128).endsWith(1, 0);
  }

  @Test
  void what_was_spent_and_reserved_above_the_limit_is_missing_next_up_to_half() {
    for (double spent : List.of(900.0, 1_200.0, 9_000.0)) {
      start(1_000, 3, 3, spent);
      spending.decided(true, 200, 8);

      come(1);

      assertThat(spending.state()).startsWith(Math.min(500, spent - 800), 0);
    }
  }

  /**
   * The cheapest costs 1, so the four tasks to come need 4 and a spread of 1.5 times their root.
   */
  @Test
  void a_worst_case_may_take_what_later_tasks_do_not_need() {
    start(16, 5, 1, 0);
    RegisteredAgent cheapest = priced(1);
    RegisteredAgent fits = priced(6);

    assertThat(affordable(0, cheapest, fits, priced(6.001))).containsExactly(cheapest, fits);
  }

  @Test
  void what_is_spent_reserved_and_may_deviate_is_not_free() {
    start(64, 5, 1, 16);
    RegisteredAgent cheapest = priced(1);
    RegisteredAgent fits = priced(12);
    RegisteredAgent dearer = priced(12.001);
    spending.decided(true, 4, 3);
    spending.decided(true, 4, 4);

    assertThat(affordable(0, cheapest, fits, dearer)).containsExactly(cheapest, fits);

    spending.release(0, 4, 4);
    assertThat(spending.report().reserved()).isEqualTo(4);
    assertThat(affordable(0, cheapest, fits, dearer, priced(16), priced(16.001))).hasSize(4);
  }

  /** 1 dollar is free, and the tail of a cost of .125 is .75 or 3.125. */
  @Test
  void only_the_first_of_the_cheapest_may_have_a_short_tail() {
    start(1_000, 1_000, 1_000, 999);
    RegisteredAgent first = priced(.125);
    RegisteredAgent second = priced(.125);

    assertThat(affordable(0, priced(.25), first, second)).containsExactly(first);
  }

  @Test
  void the_set_itself_is_returned_if_all_are_affordable() {
    start(1_000, 10, 1, 0);
    CandidateSet all = new CandidateSet(List.of(priced(1), priced(2)), Simulation.TASK, index, 1);

    assertThat(spending.affordable(all, prices, 0, "T-1")).isSameAs(all);
    assertThat(spending.report().refused()).isZero();
  }

  /** One hundred tasks came at a share of 1; 20 are spent and 4 reserved. */
  @Test
  void the_dollars_ahead_of_the_plan_are_the_fewer_the_more_agents_failed() {
    start(1_024, 1_024, 100, 20);
    spending.decided(true, 4, 0);
    RegisteredAgent cheapest = priced(.125);
    double[] most = {96, 96, 56, 16};
    for (int failures = 0; failures < most.length; failures++) {
      RegisteredAgent within = priced(most[failures]);

      assertThat(affordable(failures, cheapest, within, priced(most[failures] + .001)))
          .as("%d failures", failures)
          .containsExactly(cheapest, within);
    }
  }

  @Test
  void a_fallback_that_runs_ahead_is_refused_and_a_first_choice_is_not() {
    start(1_000, 1_000, 1, 0);

    refuses(2, priced(.125));
    RegisteredAgent cheapest = priced(.125);
    assertThat(affordable(0, cheapest)).containsExactly(cheapest);
  }

  /** A task's share, which an unknown price is taken for, is .10. */
  @Test
  void the_first_money_goes_to_an_unknown_price_or_else_to_the_cheapest() {
    start(1, 10, 1, 0);
    RegisteredAgent cheap = priced(.09);
    RegisteredAgent dear = priced(.25);
    RegisteredAgent unknown = unpriced();

    assertThat(affordable(0, dear, cheap, unknown, unpriced())).containsExactly(unknown);
    assertThat(affordable(0, dear, cheap)).containsExactly(cheap);
    RegisteredAgent all = priced(1);
    assertThat(affordable(0, all)).containsExactly(all);
    refuses(0, priced(1.001));
  }

  /** The cheapest may take 96; the steady ones took 65 each time. */
  @Test
  void the_last_money_goes_to_the_cheapest_or_else_to_the_lowest_worst_case() {
    RegisteredAgent cheapest = priced(64);
    RegisteredAgent steady = seen(70, 4, 65);
    RegisteredAgent asSteady = seen(70, 4, 65);

    start(1_000, 1_000, 10, 1_000 + 3 - 96);
    assertThat(affordable(0, steady, cheapest, asSteady)).containsExactly(cheapest);
    start(1_000, 1_000, 10, 1_000 + 3 - 95.5);
    assertThat(affordable(0, steady, cheapest, asSteady)).containsExactly(steady);
    assertThat(affordable(0, cheapest, asSteady, steady)).containsExactly(asSteady);
    start(1_000, 1_000, 10, 1_000 + 3 - 65);
    assertThat(affordable(0, cheapest, steady)).containsExactly(steady);
    refuses(1, cheapest, steady);
    start(1_000, 1_000, 10, 1_000 + 3 - 64.5);
    refuses(0, cheapest, steady);
  }

  /** Ten outcomes of 8 halve the tail of 48. */
  @Test
  void a_tail_counts_less_for_the_last_money_the_more_outcomes_were_seen() {
    RegisteredAgent seen = seen(8, 10, 8);

    start(1_000, 1_000, 996, 1_000 + 3 - 24);
    assertThat(affordable(0, seen)).containsExactly(seen);
    start(1_000, 1_000, 996, 1_000 + 3 - 23.5);
    refuses(0, seen);
  }

  /** The first money is gone as soon as some is spent or reserved. */
  @Test
  void spent_and_reserved_money_is_not_the_first() {
    RegisteredAgent only = priced(512);
    start(1_000, 10, 1, 0);
    assertThat(affordable(0, only)).containsExactly(only);

    start(1_000, 10, 1, 250);
    spending.decided(true, 250, 0);

    refuses(0, only);
  }

  @Test
  void a_refusal_says_what_is_left_and_what_the_cheapest_takes() {
    start(1_000, 10, 7, 250);
    spending.decided(true, 250, 50);

    assertThatThrownBy(() -> affordable(0, priced(600), priced(512)))
        .hasMessage(
            "task 'T-1' is not affordable: 350.0 of 1000 dollars are left for 3 more of 10 tasks,"
                + " and the cheapest candidate, p1, is expected to take 512.0; raise the limit or"
                + " wait for the next period");
  }

  @Test
  void a_decision_holds_its_price_and_more_if_that_is_unknown() {
    RegisteredAgent unknown = unpriced();
    double[][] tasksAndHeld = {{1_000, 10}, {100, 30}, {10, 100}};
    for (double[] expected : tasksAndHeld) {
      spending.limit(1_000, (long) expected[0]);

      assertThat(spending.held(row(unknown), unknown, prices)).isCloseTo((float) expected[1], NEAR);
    }
    RegisteredAgent known = priced(4);
    assertThat(spending.held(row(known), known, prices)).isEqualTo(4);
  }

  /** Six tenths of what the worst case or the tail is above the cost, up to twice the cost. */
  @Test
  void a_cost_deviates_the_less_the_more_outcomes_were_seen() {
    spending.limit(1_000, 10);

    assertThat(spending.deviation(row(priced(1)), 1, prices)).isEqualTo(2);
    assertThat(spending.deviation(row(priced(32)), 32, prices)).isCloseTo(16.8f, NEAR);
    assertThat(spending.deviation(row(priced(50)), 50, prices)).isCloseTo(15, NEAR);
    assertThat(spending.deviation(row(seen(8, 10, 8)), 8, prices)).isCloseTo(13.2f, NEAR);
    assertThat(spending.deviation(row(seen(64, 10, 64)), 64, prices)).isZero();
  }

  @Test
  void only_a_first_choice_counts_as_a_decided_task() {
    spending.limit(1_000, 10);

    spending.decided(true, 4, 0);
    spending.decided(false, 8, 0);

    assertThat(spending.report().decided()).isEqualTo(1);
    assertThat(spending.report().reserved()).isEqualTo(12);
    assertThat(spending.state()).containsExactly(12, 0, 0, 0, 1);
  }

  @Test
  void a_released_decision_counts_as_spent_in_its_own_period_only() {
    start(1_000, 10, 5, 100);
    spending.decided(true, 32, 8);

    spending.release(1, 32, 8);
    assertThat(spending.report().reserved()).isEqualTo(32);
    assertThat(spending.report().spent()).isEqualTo(100);

    spending.release(0, 32, 8);
    assertThat(spending.report().reserved()).isZero();
    assertThat(spending.report().spent()).isEqualTo(132);
  }

  /** Of 64 dollars 21 are spent, 4 held with a margin of 9, and 7 needed later: 23 are free. */
  @Test
  void an_outcome_gives_back_what_its_decision_held_and_spends_its_cost() {
    start(64, 5, 1, 16);
    spending.decided(true, 4, 3);
    spending.decided(true, 4, 4);

    spending.paid(true, 0, 4, 4, 5);

    assertThat(spending.report().reserved()).isEqualTo(4);
    assertThat(spending.report().spent()).isEqualTo(21);
    RegisteredAgent cheapest = priced(1);
    RegisteredAgent fits = priced(15.333);
    RegisteredAgent dearer = priced(15.334);
    assertThat(affordable(0, cheapest, fits, dearer)).containsExactly(cheapest, fits);
  }

  @Test
  void an_outcome_after_its_release_corrects_what_was_spent() {
    start(1_000, 10, 5, 100);

    spending.paidLate(true, 0, 32, 40);
    assertThat(spending.report().spent()).isEqualTo(108);
    spending.paidLate(true, 0, 32, 16);
    assertThat(spending.report().spent()).isEqualTo(92);
    spending.paidLate(true, 0, 100, 0);
    assertThat(spending.report().spent()).isZero();
  }

  @Test
  void an_outcome_of_an_earlier_period_first_uses_what_that_left() {
    List<Runnable> late = new ArrayList<>();
    late.add(() -> spending.paid(true, 0, 32, 8, 42));
    late.add(() -> spending.paidLate(true, 0, 32, 42));
    for (Runnable outcome : late) {
      start(1_000, 10, 10, 100);
      come(1);
      spending.state(new double[] {100, 16, 0, 5, 1});
      spending.decided(true, 64, 8);

      outcome.run();
      assertThat(spending.state()).startsWith(164, 6);
      outcome.run();
      assertThat(spending.state()).startsWith(168, 0);
      assertThat(spending.report().reserved()).isEqualTo(64);
    }
  }

  /**
   * At a share of 2 dollars and after 150 tasks a step is .0125; the 100 dollars behind the plan
   * make the target of the next task 4.
   */
  @Test
  void the_price_rises_with_a_cost_above_the_target_and_falls_with_one_below() {
    double[][] costsAndPrices = {{8, .025}, {6, .0125}, {4, 0}, {1_000, .0625}, {1, 0}};
    for (double[] expected : costsAndPrices) {
      start(2_000, 1_000, 150, 198);
      spending.paid(true, 0, 0, 0, expected[0]);
      assertThat(spending.price()).as("cost %s", expected[0]).isCloseTo(expected[1], CLOSE);
      assertThat(spending.report().price()).isEqualTo(spending.price());
    }
    spending.state(new double[] {198, 0, .5, 150, 0});
    spending.paid(true, 0, 0, 0, 3);
    assertThat(spending.price()).isCloseTo(.5 - .5 * .0125, CLOSE);
    spending.state(new double[] {198, 0, .5, 150, 0});
    spending.paidLate(true, 0, 0, 0);
    assertThat(spending.price()).isCloseTo(.5 - .0125, CLOSE);
  }

  @Test
  void all_that_a_fallback_costs_is_above_its_target() {
    start(2_000, 1_000, 150, 198);

    spending.paid(false, 0, 0, 0, 4);

    assertThat(spending.price()).isCloseTo(2 * .0125, CLOSE);
  }

  @Test
  void a_state_goes_on_under_the_limit_there_is_now() {
    spending.limit(1_000, 10);

    spending.state(new double[] {1, 2, 3, 40, 5});

    assertThat(spending.state()).containsExactly(1, 2, 3, 10, 5);
  }
}
