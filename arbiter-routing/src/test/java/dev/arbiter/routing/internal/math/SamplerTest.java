/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.internal.math.Distribution.ShiftedBeta;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pinned seeds; 1.95 / sqrt(n) is passed by a right sampler 999 times in 1,000. */
class SamplerTest {
  private static final int DRAWS = 40_000;
  private static final double BOUND = 1.95 / Math.sqrt(DRAWS);

  private final SplittableRandom random = new SplittableRandom(20);
  private final Sampler sampler = new Sampler(random);

  @Test
  void normals_follow_the_normal_distribution() {
    double[] draws = DoubleStream.generate(() -> Gaussian.next(random)).limit(DRAWS).toArray();

    assertThat(distance(draws, Gaussian::cumulative)).isLessThan(BOUND);
  }

  @Test
  void normals_reach_into_the_tail_as_often_as_they_should() {
    long far =
        DoubleStream.generate(() -> Gaussian.next(random))
            .limit(2_000_000)
            .filter(z -> Math.abs(z) > 3.8)
            .count();

    double expected = 2_000_000 * 2 * Gaussian.cumulative(-3.8);
    assertThat((double) far).isBetween(expected * .7, expected * 1.3);
  }

  @ParameterizedTest
  @CsvSource({
    "0.08, 7.92",
    "0.5, 0.5",
    "1, 1",
    "4, 4",
    "0.9, 30",
    "7, 200",
    "8, 30",
    "25, 13",
    "900, 8",
    "4000, 6000"
  })
  void betas_follow_the_beta_distribution(double alpha, double beta) {
    double[] draws = DoubleStream.generate(() -> sampler.beta(alpha, beta)).limit(DRAWS).toArray();

    assertThat(distance(draws, new ShiftedBeta(alpha, beta, 0)::cumulative)).isLessThan(BOUND);
  }

  @ParameterizedTest
  @CsvSource({"8, 30", "30, 8", "8, 8000", "19, 19", "500, 9", "100, 20"})
  void the_approximation_is_within_seven_thousandths(double alpha, double beta) {
    ShiftedBeta drawn = new ShiftedBeta(alpha, beta, 0);

    assertThat(Sampler.isNarrow(alpha, beta)).isTrue();
    for (double x = .0005; x < 1; x += .0005) {
      double exact = BetaFunction.cumulative(x, alpha, beta);
      assertThat(Math.abs(drawn.cumulative(x) - exact)).isLessThan(.007);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.05", "0.7", "1", "3.5", "120"})
  void gammas_have_the_mean_and_variance_of_their_shape(double shape) {
    double[] draws = DoubleStream.generate(() -> sampler.gamma(shape)).limit(DRAWS).toArray();

    double mean = Arrays.stream(draws).average().orElseThrow();
    double variance =
        Arrays.stream(draws).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
    double error = Math.sqrt(shape / DRAWS);
    assertThat(mean).isBetween(shape - 4 * error, shape + 4 * error);
    assertThat(variance / shape).isBetween(.85, 1.15);
  }

  @Test
  void stays_a_number_for_the_smallest_parameters() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(sampler.beta(1e-9, 1e-9)).isBetween(0.0, 1.0);
    }
  }

  /** Kolmogorov and Smirnov's largest distance between the draws and a distribution. */
  private static double distance(double[] draws, DoubleUnaryOperator cumulative) {
    Arrays.sort(draws);
    double distance = 0;
    for (int i = 0; i < draws.length; i++) {
      double expected = cumulative.applyAsDouble(draws[i]);
      distance = Math.max(distance, Math.abs(expected - (double) i / draws.length));
      distance = Math.max(distance, Math.abs(expected - (i + 1.0) / draws.length));
    }
    return distance;
  }
}
