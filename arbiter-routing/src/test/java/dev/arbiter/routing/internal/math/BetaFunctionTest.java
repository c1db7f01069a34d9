/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Against closed forms and a sum of binomials. */
class BetaFunctionTest {
  @Test
  void agrees_with_closed_forms() {
    for (double x = .001; x < 1; x += .001) {
      assertThat(BetaFunction.cumulative(x, 1, 1)).isCloseTo(x, within(1e-12));
      assertThat(BetaFunction.cumulative(x, .3, 1)).isCloseTo(Math.pow(x, .3), within(1e-12));
      assertThat(BetaFunction.cumulative(x, 2, 2)).isCloseTo(x * x * (3 - 2 * x), within(1e-12));
      assertThat(BetaFunction.cumulative(x, .5, .5))
          .isCloseTo(2 / Math.PI * Math.asin(Math.sqrt(x)), within(1e-11));
    }
  }

  @Test
  void agrees_with_the_binomial_distribution() {
    int n = 200;
    double p = .37;
    double term = Math.pow(1 - p, n);
    double cumulative = 0;

    for (int k = 0; k < n; k++) {
      cumulative += term;
      assertThat(BetaFunction.cumulative(p, k + 1, n - k)).isCloseTo(1 - cumulative, within(1e-11));
      term *= (n - k) * p / ((k + 1) * (1 - p));
    }
  }

  @Test
  void is_zero_below_and_one_above_the_unit_interval() {
    assertThat(BetaFunction.cumulative(-1, 2, 3)).isZero();
    assertThat(BetaFunction.cumulative(2, 2, 3)).isEqualTo(1);
  }

  @Test
  void knows_factorials_and_the_root_of_pi() {
    double logFactorial = 0;
    for (int n = 1; n < 170; n++) {
      assertThat(BetaFunction.logGamma(n)).isCloseTo(logFactorial, within(1e-10));
      logFactorial += Math.log(n);
    }
    assertThat(BetaFunction.logGamma(.5)).isCloseTo(Math.log(Math.PI) / 2, within(1e-12));
  }

  @Test
  void knows_the_quantiles_of_the_normal_distribution() {
    assertThat(Gaussian.cumulative(0)).isEqualTo(.5);
    assertThat(Gaussian.cumulative(1.959963984540054)).isCloseTo(.975, within(1e-13));
    assertThat(Gaussian.cumulative(-3.090232306167814)).isCloseTo(.001, within(1e-13));
    assertThat(Gaussian.cumulative(40)).isEqualTo(1);
  }

  @Test
  void turns_the_normal_distribution_round() {
    for (double z = -5; z < 5; z += .01) {
      double chance = Gaussian.cumulative(-z);
      assertThat(Gaussian.exceeded(chance)).isCloseTo(z, within(1e-8));
    }
    assertThat(Gaussian.exceeded(0)).isGreaterThan(30);
  }

  @Test
  void turns_the_beta_distribution_round() {
    for (double x = .01; x < .99; x += .01) {
      double chance = BetaFunction.above(x, 3, 7);
      if (chance < .5) {
        assertThat(BetaFunction.exceeded(chance, 3, 7, .5)).isCloseTo(x, within(1e-8));
      }
    }
  }
}
