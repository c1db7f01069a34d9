/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.Simulation.Measured;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Quality bars of the default among agents whose chances the reference does not list, so that they
 * are drawn anew for each run; a bar holds if the mean less two errors is below. Bars with known
 * chances are in {@link AdaptiveThompsonTest}.
 */
class QualityBarsTest {
  private static final BanditPolicy DEFAULT = BanditPolicy.adaptiveThompson();

  /**
   * Bar R9. Ten agents of .3 to .7 are the range among those tried where Thompson sampling, IMED
   * and KL-UCB come closest to the reference's figures at all three delays: 110, 102, 136 without
   * one, where it has 122, 113, 163. Measured over 500 seeds: 90.2, error 1.9; 158.6, error 1.7.
   */
  @ParameterizedTest
  @CsvSource({"50, 115", "500, 170"})
  void late_outcomes_cost_no_more_than_the_bar(int delay, double bar) {
    Measured regret = regret(DEFAULT, 10, .3, .7, 5_000, 60, delay);

    assertThat(regret.mean() - 2 * regret.error()).as("%s", regret).isLessThan(bar);
  }

  /**
   * Fifty agents drawn anew for each run are harder for everybody than the reference's fifty, which
   * it does not list: epsilon-greedy comes to 145 and not 81, Thompson sampling to 254 and not 230;
   * the default has 111 over 500 seeds, error 2.4.
   */
  @Test
  void regret_among_fifty_agents_is_far_below_that_of_thompson_and_of_epsilon_greedy() {
    Measured regret = regret(DEFAULT, 50, .2, .8, 3_000, 60, 0);

    Measured greedy = regret(BanditPolicy.epsilonGreedy(), 50, .2, .8, 3_000, 60, 0);
    Measured thompson = regret(BanditPolicy.thompson(), 50, .2, .8, 3_000, 20, 0);

    assertThat(regret.mean() - 2 * regret.error()).as("%s", regret).isLessThan(111);
    assertThat(regret.mean()).isLessThan(greedy.mean()).isLessThan(.6 * thompson.mean());
  }

  /**
   * Bar R3: 85 among fifty agents. Of 2,500 drawn fifties this is the one that costs the simple
   * policies what the reference's costs them, within its errors; the default has 75.6 there over
   * 400 seeds, error .9.
   */
  @Test
  void regret_among_fifty_agents_like_those_of_the_reference() {
    assertThat(among(BanditPolicy.uniform(), 10)).isCloseTo(868, within(15.0));
    assertThat(among(BanditPolicy.ucb1(), 10)).isCloseTo(511, within(26.0));
    assertThat(among(BanditPolicy.klUcb(), 10)).isCloseTo(277, within(20.0));
    assertThat(among(BanditPolicy.imed(), 20)).isCloseTo(226, within(20.0));
    assertThat(among(BanditPolicy.thompson(), 20)).isCloseTo(230, within(20.0));
    assertThat(among(BanditPolicy.epsilonGreedy(), 400)).isCloseTo(81, within(13.0));

    assertThat(among(DEFAULT, 100)).isLessThan(85);
  }

  private static double among(BanditPolicy policy, int runs) {
    SplittableRandom random = new SplittableRandom(501_532);
    Simulation.Bed bed = Simulation.fixed(random.doubles(50, .2, .8).toArray());
    return Simulation.regret(policy, bed, 50, 3_000, runs).mean();
  }

  private static Measured regret(
      BanditPolicy policy, int agents, double low, double high, int tasks, int runs, int delay) {
    double[] regrets = new double[runs];
    for (int run = 0; run < runs; run++) {
      Simulation.Bed bed = Simulation.fixed(drawn(agents, low, high, run));
      BanditRouter router = Simulation.router(policy, run);
      regrets[run] = Simulation.regret(router, bed, agents, tasks, run, delay);
    }
    return Simulation.summary(regrets);
  }

  private static double[] drawn(int agents, double low, double high, int run) {
    SplittableRandom random = new SplittableRandom(31L * run + 7);
    return random.doubles(agents, low, high).toArray();
  }
}
