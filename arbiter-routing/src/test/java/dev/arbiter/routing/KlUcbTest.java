/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.Simulation.Measured;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Regret over pinned seeds; each test says what is published and how far off we may be. */
class KlUcbTest {
  private static final double[] NINE = {.1, .2, .3, .4, .5, .6, .7, .8, .9};

  private final BanditPolicy policy = BanditPolicy.klUcb();

  /** SMPyBandits publishes 51.4 over 10 runs, 54.4 in one; the bar is 57, give or take 5. */
  @Test
  void regret_among_nine_agents_is_the_published_one() {
    Measured regret = Simulation.regret(policy, Simulation.fixed(NINE), 9, 10_000, 100);

    assertThat(regret.mean()).isBetween(57.0 - 5, 57.0 + 5);
  }

  /** The reference has 12.8. */
  @Test
  void regret_between_two_good_agents_is_that_of_the_reference() {
    Measured regret = Simulation.regret(policy, Simulation.fixed(.9, .8), 2, 5_000, 100);

    assertThat(regret.mean()).isBetween(12.8 - 2, 12.8 + 2);
  }

  @ParameterizedTest
  @CsvSource({".5, 1", ".5, .001", ".1, .01", ".9, .2", ".999, .003", ".001, .00001", "1e-9, 2"})
  void the_bound_is_where_the_divergence_is_the_budget(double rate, double budget) {
    double bound = KlUcb.bound(rate, budget);

    assertThat(bound).isGreaterThan(rate).isLessThan(1);
    assertThat(Divergence.bernoulli(rate, bound)).isCloseTo(budget, within(1e-6 * budget + 1e-8));
  }

  @Test
  void the_bound_stays_between_the_rate_and_one_at_the_edges() {
    assertThat(KlUcb.bound(1, 3)).isEqualTo(1);
    assertThat(KlUcb.bound(.9, 100)).isLessThanOrEqualTo(1).isGreaterThan(.999);
    assertThat(KlUcb.bound(.4, 0)).isEqualTo(.4);
    assertThat(KlUcb.bound(0, Math.log(2))).isCloseTo(.5, within(1e-9));
  }
}
