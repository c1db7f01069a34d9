/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.internal.math.Divergence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KlUcbTest {
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
