/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Regret over pinned seeds, and how far off the reference it may be. */
class ImedTest {
  private static final double[] NINE = {.1, .2, .3, .4, .5, .6, .7, .8, .9};
  private static final double[] TEN = {.1, .05, .05, .05, .02, .02, .02, .01, .01, .01};

  private final BanditPolicy policy = BanditPolicy.imed();

  /** The reference has 46.4. */
  @Test
  void regret_among_nine_agents_is_that_of_the_reference() {
    Measured regret = Simulation.regret(policy, Simulation.fixed(NINE), 9, 10_000, 100);

    assertThat(regret.mean()).isBetween(46.4 - 5, 46.4 + 5);
  }

  /** The reference has 9.2. */
  @Test
  void regret_between_two_good_agents_is_that_of_the_reference() {
    Measured regret = Simulation.regret(policy, Simulation.fixed(.9, .8), 2, 5_000, 300);

    assertThat(regret.mean()).isBetween(9.2 - 1.5, 9.2 + 1.5);
  }

  /** The reference has 76.4. */
  @Test
  void regret_among_ten_poor_agents_is_that_of_the_reference() {
    Measured regret = Simulation.regret(policy, Simulation.fixed(TEN), 10, 20_000, 40);

    assertThat(regret.mean()).isBetween(76.4 - 9, 76.4 + 9);
  }

  @Test
  void every_choice_is_the_one_of_a_plain_scan() {
    BanditRouter router = Simulation.router(policy, 1);
    RoutingRequest request = Simulation.request(Simulation.TASK, FakeAgent.several(9));
    SplittableRandom luck = new SplittableRandom(2);
    double[] sums = new double[9];
    int[] counts = new int[9];

    for (int t = 0; t < 2_000; t++) {
      int expected = cheapest(sums, counts);
      RoutingDecision decision = router.route(request);
      assertThat(decision.agent()).isEqualTo("a" + expected);
      boolean success = luck.nextDouble() < NINE[expected];
      router.learn(Simulation.outcome(decision, Simulation.TASK, success));
      sums[expected] += success ? 1 : 0;
      counts[expected]++;
    }
  }

  private static int cheapest(double[] sums, int[] counts) {
    double best = 0;
    for (int i = 0; i < sums.length; i++) {
      best = Math.max(best, counts[i] == 0 ? 0 : sums[i] / counts[i]);
    }
    int cheapest = 0;
    double lowest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < sums.length; i++) {
      double price =
          counts[i] == 0
              ? Double.NEGATIVE_INFINITY
              : counts[i] * Divergence.bernoulli(sums[i] / counts[i], best) + Math.log(counts[i]);
      if (price < lowest || (price == lowest && counts[i] < counts[cheapest])) {
        lowest = price;
        cheapest = i;
      }
    }
    return cheapest;
  }
}
