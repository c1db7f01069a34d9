/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.internal.math.Divergence;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ImedTest {
  private static final double[] NINE = {.1, .2, .3, .4, .5, .6, .7, .8, .9};

  private final BanditPolicy policy = BanditPolicy.imed();

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
