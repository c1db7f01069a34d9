/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ScalabilityTest {
  private static final double[] LOADS = {1, 2, 4, 8, 12, 16, 24, 32, 48, 64};

  @Test
  void agrees_with_scipy() {
    double[] measured = {98.2, 191.5, 362.0, 640.1, 850.7, 1010.3, 1198.8, 1290.4, 1311.0, 1240.6};

    Scalability fit = Scalability.fit(LOADS, measured).orElseThrow();

    assertThat(fit.lambda().value()).isCloseTo(98.53122569285897, withinPercentage(1e-5));
    assertThat(fit.alpha().value()).isCloseTo(0.028510289153339304, withinPercentage(1e-4));
    assertThat(fit.beta().value()).isCloseTo(0.0005652962868234103, withinPercentage(1e-4));
    assertThat(fit.lambda().high() - fit.lambda().value())
        .isCloseTo(0.8622810783923345, withinPercentage(0.01));
    assertThat(fit.alpha().value() - fit.alpha().low())
        .isCloseTo(0.000991715364631927, withinPercentage(0.01));
    assertThat(fit.beta().high() - fit.beta().value())
        .isCloseTo(9.345022999294837e-06, withinPercentage(0.01));
    assertThat(fit.r2()).isCloseTo(0.9999866582056979, within(1e-9));
    ConfidenceInterval peak = fit.peak().orElseThrow();
    assertThat(peak.value()).isCloseTo(41.45539296328049, withinPercentage(1e-4));
    assertThat(peak.high() - peak.value()).isCloseTo(0.32707904485778766, withinPercentage(0.01));
    assertThat(fit.points()).isEqualTo(10);
    assertThat(fit.throughput(48)).isCloseTo(1308.19, within(0.01));
  }

  @Test
  void finds_exact_figures_where_there_is_no_noise() {
    for (double[] p : new double[][] {{5, 0.1, 0.001}, {1000, 0.02, 1e-5}, {0.3, 0, 0.02}}) {
      double[] exact = Arrays.stream(LOADS).map(load -> UslFit.throughput(p, load)).toArray();
      Scalability fit = Scalability.fit(LOADS, exact).orElseThrow();

      assertThat(fit.lambda().value()).isCloseTo(p[0], withinPercentage(1e-6));
      assertThat(fit.alpha().value()).isCloseTo(p[1], within(1e-8));
      assertThat(fit.beta().value()).isCloseTo(p[2], within(1e-8));
    }
  }

  /** From systems that scale freely to such as get slower from the second user on. */
  @Test
  void finds_exact_figures_of_500_systems() {
    SplittableRandom random = new SplittableRandom(11);
    for (int run = 0; run < 500; run++) {
      double lambda = Math.pow(10, random.nextDouble(-2, 5));
      double alpha = run % 5 == 0 ? 0 : Math.pow(10, random.nextDouble(-4, 0));
      double beta = run % 7 == 0 ? 0 : Math.pow(10, random.nextDouble(-6, 0));
      double[] p = {lambda, alpha, beta};
      double[] exact = Arrays.stream(LOADS).map(load -> UslFit.throughput(p, load)).toArray();

      Scalability fit = Scalability.fit(LOADS, exact).orElseThrow();

      assertThat(fit.lambda().value()).isCloseTo(lambda, withinPercentage(1e-3));
      assertThat(fit.alpha().value()).isCloseTo(alpha, within(1e-5 * (1 + alpha + beta)));
      assertThat(fit.beta().value()).isCloseTo(beta, within(1e-5 * (alpha + beta) + 1e-12));
    }
  }

  @Test
  void intervals_hold_the_truth_in_93_to_98_percent_of_500_runs() {
    double[] truth = {100, 0.05, 0.001};
    int[] held = new int[4];
    for (int run = 0; run < 500; run++) {
      Scalability fit = noisy(run, truth, 0.02);
      held[0] += holds(fit.lambda(), truth[0]);
      held[1] += holds(fit.alpha(), truth[1]);
      held[2] += holds(fit.beta(), truth[2]);
      held[3] += holds(fit.peak().orElseThrow(), Math.sqrt(0.95 / 0.001));
    }
    for (int count : held) {
      assertThat(count / 500.0).isBetween(0.93, 0.98);
    }
  }

  @Test
  void a_beta_of_zero_is_told_from_0_in_at_most_5_percent_of_500_runs() {
    int told = 0;
    for (int run = 0; run < 500; run++) {
      Scalability fit = noisy(run, new double[] {100, 0.05, 0}, 0.02);
      assertThat(fit.beta().value()).isGreaterThanOrEqualTo(0);
      assertThat(fit.peak().isPresent()).isEqualTo(fit.beta().isPositive());
      told += fit.beta().isPositive() ? 1 : 0;
    }
    assertThat(told / 500.0).isLessThanOrEqualTo(0.05);
  }

  @Test
  void neither_contention_nor_coherence_is_ever_below_0() {
    for (int run = 0; run < 200; run++) {
      Scalability fit = noisy(run, new double[] {100, 0, 0}, 0.1);
      assertThat(fit.alpha().value()).isGreaterThanOrEqualTo(0);
      assertThat(fit.alpha().low()).isGreaterThanOrEqualTo(0);
      assertThat(fit.beta().value()).isGreaterThanOrEqualTo(0);
      assertThat(fit.lambda().value()).isBetween(70.0, 140.0);
    }
  }

  @Test
  void says_nothing_with_too_few_points_or_loads() {
    double[] five = Arrays.copyOf(LOADS, 5);
    assertThat(Scalability.fit(five, five)).isEmpty();
    double[] threeLoads = {1, 1, 2, 2, 4, 4};
    assertThat(Scalability.fit(threeLoads, threeLoads)).isEmpty();
    assertThat(Scalability.fit(new double[0], new double[0])).isEmpty();
  }

  @Test
  void figures_that_are_none_are_refused() {
    assertThatThrownBy(() -> Scalability.fit(LOADS, new double[3]))
        .hasMessageContaining("10 and 3");
    assertThatThrownBy(() -> Scalability.fit(new double[] {0}, new double[] {1}))
        .hasMessageContaining("above 0");
    assertThatThrownBy(() -> Scalability.fit(new double[] {1}, new double[] {Double.NaN}))
        .hasMessageContaining("above 0");
  }

  private static int holds(ConfidenceInterval estimate, double truth) {
    return estimate.low() <= truth && truth <= estimate.high() ? 1 : 0;
  }

  /** Two measurements a load, with noise in proportion to the highest throughput. */
  private static Scalability noisy(int seed, double[] truth, double noise) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] loads = new double[2 * LOADS.length];
    double[] measured = new double[loads.length];
    for (int i = 0; i < loads.length; i++) {
      loads[i] = LOADS[i / 2];
      double spread = noise * UslFit.throughput(truth, 24);
      double exact = UslFit.throughput(truth, loads[i]);
      measured[i] = Math.max(exact / 10, exact + spread * random.nextGaussian());
    }
    return Scalability.fit(loads, measured).orElseThrow();
  }
}
