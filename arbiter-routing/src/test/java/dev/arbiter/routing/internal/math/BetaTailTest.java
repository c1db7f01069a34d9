/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.internal.math.Distribution.ShiftedBeta;
import org.junit.jupiter.api.Test;

/**
 * On a grid of distributions from one prior outcome to thousands seen, and of chances down to
 * 1e-12. Where Sampler approximates, the highest draws of a skewed distribution turn back, which is
 * 3e-5 of all.
 */
class BetaTailTest {
  private static final double[] MEANS = {.004, .02, .1, .22, .35, .5, .6, .78, .9, .98, .996};
  private static final double[] TOTALS = {.5, 2, 8, 20, 37, 39, 60, 150, 400, 3_000};
  private static final double EXACTLY = Double.NEGATIVE_INFINITY;
  private static final double[] CHANCES = {
    .999, .9, .7, .5, .3, .158, .05, .01, 1e-3, 1e-4, 1e-6, 1e-9, 1e-12
  };

  @Test
  void what_is_exceeded_has_the_chance_it_was_asked_for() {
    forAll(
        (chance, alpha, beta) -> {
          double x = BetaTail.exceeded(chance, alpha, beta, EXACTLY);

          boolean turnsBack = chance < 1e-5 && Sampler.isNarrow(alpha, beta);
          if (x > 1e-6 && x < 1 - 1e-6 && !turnsBack) {
            double cumulative = new ShiftedBeta(alpha, beta, 0).cumulative(x);
            assertThat(1 - cumulative)
                .as("%s of Beta(%s, %s)", chance, alpha, beta)
                .isCloseTo(chance, within(5e-5));
          }
        });
  }

  @Test
  void what_is_below_a_bar_need_not_be_known_exactly() {
    forAll(
        (chance, alpha, beta) -> {
          double exact = BetaTail.exceeded(chance, alpha, beta, EXACTLY);

          assertThat(BetaTail.exceeded(chance, alpha, beta, exact - 1e-6)).isEqualTo(exact);
          assertThat(BetaTail.exceeded(chance, alpha, beta, exact + 1e-6)).isLessThan(exact + 1e-6);
        });
  }

  @Test
  void nobody_above_a_bar_is_passed_over() {
    forAll(
        (chance, alpha, beta) -> {
          double total = alpha + beta;
          double bar = BetaTail.exceeded(chance, alpha, beta, EXACTLY) - 1e-9;
          double gap = bar * total - alpha;

          assertThat(BetaTail.canExceed(gap, alpha, total, BetaTail.reach(chance)))
              .as("%s of Beta(%s, %s)", chance, alpha, beta)
              .isTrue();
        });
  }

  @Test
  void most_of_those_below_are_passed_over() {
    double reach = BetaTail.reach(.01);

    assertThat(BetaTail.canExceed(12, 50, 100, reach)).isTrue();
    assertThat(BetaTail.canExceed(18, 50, 100, reach)).isFalse();
    assertThat(BetaTail.canExceed(11, 90, 100, reach)).isFalse();
  }

  @Test
  void reach_is_at_most_one_bit_more_than_twice_the_logarithm() {
    for (double chance = 1e-12; chance < .12; chance *= 1.07) {
      double exact = -2 * Math.log(chance);
      assertThat(BetaTail.reach(chance)).isBetween(exact, exact + 2 * Math.log(2));
    }
    assertThat(BetaTail.reach(1)).isGreaterThan(4);
  }

  private interface Check {
    void run(double chance, double alpha, double beta);
  }

  private static void forAll(Check check) {
    for (double mean : MEANS) {
      for (double total : TOTALS) {
        for (double chance : CHANCES) {
          check.run(chance, mean * total, (1 - mean) * total);
        }
      }
    }
  }
}
