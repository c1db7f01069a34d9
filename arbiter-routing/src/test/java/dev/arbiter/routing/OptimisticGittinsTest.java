/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.Simulation.Measured;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Regret over pinned seeds, and how far off the reference it may be. */
class OptimisticGittinsTest {
  private static final double[] TEN = {.1, .05, .05, .05, .02, .02, .02, .01, .01, .01};

  private final BanditPolicy policy = BanditPolicy.optimisticGittins();

  /** The reference has 52.3, error 1.8; the error of 300 runs here is about 5. */
  @Test
  void regret_among_ten_poor_agents_is_that_of_the_reference() {
    Measured regret = Simulation.regret(policy, Simulation.fixed(TEN), 10, 20_000, 300);

    assertThat(regret.mean()).isBetween(52.3 - 9, 52.3 + 9);
  }

  @ParameterizedTest
  @ValueSource(doubles = {20, 25, 100, 5_000, 1e6})
  void the_index_is_the_sure_reward_that_is_as_good(double age) {
    double mean = .4;
    double deviation = .1;
    double discount = 1 - 1 / age;

    double index = mean + deviation * OptimisticGittins.optimism(age, 0);

    double look = (1 - discount) * mean + discount * expectedHigher(mean, deviation, index);
    assertThat(look).isCloseTo(index, within(1e-6));
  }

  @Test
  void the_root_is_found_from_either_side() {
    double root = OptimisticGittins.optimism(500, 0);

    assertThat(OptimisticGittins.optimism(500, root + 1)).isCloseTo(root, within(1e-8));
    assertThat(OptimisticGittins.optimism(500, root - 1)).isCloseTo(root, within(1e-8));
  }

  /** E max(theta, floor), theta normal, by the midpoint rule. */
  private static double expectedHigher(double mean, double deviation, double floor) {
    double sum = 0;
    double step = 1e-4;
    for (double z = -9 + step / 2; z < 9; z += step) {
      double density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
      sum += step * density * Math.max(floor, mean + deviation * z);
    }
    return sum;
  }
}
