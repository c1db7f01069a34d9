/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.routing.internal.math.RidgeRegression;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Pinned seeds. */
class LinThompsonTest {
  private final BanditPolicy policy = BanditPolicy.linThompson();

  /** Uniform choice comes to 3,996, Thompson sampling to 40; measured 69, error 3. */
  @Test
  void regret_among_nine_agents_stays_below_90() {
    double[] nine = {.1, .2, .3, .4, .5, .6, .7, .8, .9};

    Measured regret = Simulation.regret(policy, Simulation.fixed(nine), 9, 10_000, 60);

    assertThat(regret.mean()).isLessThan(90);
  }

  @Test
  void learns_who_is_good_at_long_tasks() {
    BanditRouter router = Simulation.router(policy, 3);
    SplittableRandom luck = new SplittableRandom(4);
    List<RegisteredAgent> agents = FakeAgent.several(2);
    Task[] tasks = {
      Task.builder("work").payload("x").build(),
      Task.builder("work").payload("x".repeat(100_000)).build()
    };
    int right = 0;

    for (int round = 0; round < 3_000; round++) {
      Task task = tasks[round % 2];
      RoutingDecision decision = router.route(Simulation.request(task, agents));
      boolean fits = decision.agent().equals("a" + round % 2);
      router.learn(Simulation.outcome(decision, task, luck.nextDouble() < (fits ? .8 : .4)));
      right += round >= 1_000 && fits ? 1 : 0;
    }

    assertThat(right).isGreaterThan(1_800);
  }

  @Test
  void a_ridge_regression_learns_what_the_normal_equations_say() {
    RidgeRegression ridge = new RidgeRegression(2);

    ridge.add(new double[] {1, 0}, 1, 1);
    ridge.add(new double[] {1, 2}, 0, .5);

    // The design matrix is [[2.5, 1], [1, 3]], the right side (1, 0), the determinant 6.5.
    assertThat(ridge.mean(new double[] {1, 0})).isCloseTo(3 / 6.5, within(1e-12));
    assertThat(ridge.mean(new double[] {0, 1})).isCloseTo(-1 / 6.5, within(1e-12));
    assertThat(ridge.variance(new double[] {1, 1})).isCloseTo(3.5 / 6.5, within(1e-12));
  }

  @Test
  void types_share_sixteen_buckets() {
    double[] first = LinThompson.features(Simulation.TASK, 0);
    double[] next = LinThompson.features(Simulation.TASK, 1);

    assertThat(first).hasSize(18).isNotEqualTo(next);
    assertThat(LinThompson.features(Simulation.TASK, 16)).isEqualTo(first);
    assertThat(LinThompson.features(Simulation.TASK, BanditRouter.MOST_TYPES)).isEqualTo(first);
  }
}
