/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.Bench.Figure;
import org.junit.jupiter.api.Test;

/**
 * Regret on the standard beds, seeds 1000 and up. A bound is broken when the mean lies above it by
 * more than two standard errors; the bounds are those the policies are published or specified with.
 */
class RegretTest {
  private static final BanditPolicy DEFAULT = BanditPolicy.adaptiveThompson();
  private static final double[] NINE = {.1, .2, .3, .4, .5, .6, .7, .8, .9};
  private static final double[] TEN_LOW = {.1, .05, .05, .05, .02, .02, .02, .01, .01, .01};

  private static Figure figure(
      BanditPolicy policy, int runs, int steps, int arms, Bench.Means means) {
    return Figure.of(runs, seed -> Bench.regret(policy, seed, steps, means, arms));
  }

  @Test
  void default_on_two_arms_9_and_8_for_5_000_tasks() {
    Figure regret = figure(DEFAULT, 100, 5_000, 2, (t, a) -> a == 0 ? .9 : .8);

    assertThat(regret.surely()).isLessThan(12);
  }

  @Test
  void default_on_nine_arms_for_10_000_tasks() {
    Figure regret = figure(DEFAULT, 40, 10_000, 9, (t, a) -> NINE[a]);

    assertThat(regret.surely()).isLessThan(55);
  }

  @Test
  void default_on_ten_low_means_for_20_000_tasks() {
    Figure regret = figure(DEFAULT, 20, 20_000, 10, (t, a) -> TEN_LOW[a]);

    assertThat(regret.surely()).isLessThan(95);
  }

  @Test
  void default_on_three_arms_that_change_four_times() {
    double[][] segments = {{.2, .5, .9}, {.2, .2, .9}, {.4, .9, .1}, {.9, .5, .2}, {.1, .8, .2}};

    Figure regret = figure(DEFAULT, 40, 5_000, 3, (t, a) -> segments[t / 1_000][a]);

    // A policy that never noticed would pay 2,000 and more; playing at random pays 2,100.
    assertThat(regret.surely()).isLessThan(90);
  }

  @Test
  void ucb1_equals_its_published_regret_on_nine_arms() {
    Figure regret = figure(BanditPolicy.ucb1(), 100, 10_000, 9, (t, a) -> NINE[a]);

    assertThat(regret.mean()).isBetween(334.0 - 12, 334.0 + 12);
  }

  @Test
  void epsilon_greedy_beats_uniform_by_far() {
    Figure regret = figure(BanditPolicy.epsilonGreedy(), 30, 5_000, 9, (t, a) -> NINE[a]);

    assertThat(regret.surely()).isLessThan(0.15 * 0.4 * 5_000);
  }

  @Test
  void steady_agents_raise_almost_no_alarm() {
    long alarms = 0;
    for (int run = 0; run < 100; run++) {
      ChangeTest test = new ChangeTest();
      java.util.SplittableRandom random = new java.util.SplittableRandom(run);
      for (int i = 0; i < 2_000; i++) {
        if (test.add(random.nextInt(100) < 30 + run % 40 ? 1 : 0) != null) {
          alarms++;
        }
      }
    }

    assertThat(alarms).isLessThanOrEqualTo(2);
  }

  @Test
  void a_change_from_8_to_4_is_found_within_100_outcomes() {
    ChangeTest test = new ChangeTest();
    java.util.SplittableRandom random = new java.util.SplittableRandom(7);
    for (int i = 0; i < 200; i++) {
      assertThat(test.add(random.nextInt(10) < 8 ? 1 : 0)).isNull();
    }

    int after = 0;
    while (test.add(random.nextInt(10) < 4 ? 1 : 0) == null) {
      after++;
    }

    assertThat(after).isLessThan(100);
  }
}
