/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The noise against its law; seeds are fixed, bounds say how far chance may go. */
class GeometricNoiseTest {
  private static final int SAMPLES = 1_000_000;

  @ParameterizedTest
  @CsvSource({"1, 0.05", "1, 0.5", "1, 1", "3, 0.7"})
  void variance_is_within_1_percent_of_its_law(int sensitivity, double epsilon) {
    GeometricNoise noise = new GeometricNoise(sensitivity, PrivacyUnits.micros(epsilon));
    RandomBits bits = new RandomBits(new FixedRandom(1));

    double sum = 0;
    double squares = 0;
    for (int i = 0; i < SAMPLES; i++) {
      long drawn = noise.draw(bits);
      sum += drawn;
      squares += (double) drawn * drawn;
    }

    double a = Math.exp(-epsilon / sensitivity);
    double law = 2 * a / ((1 - a) * (1 - a));
    assertThat(noise.variance()).isCloseTo(law, within(1e-9 * law));
    assertThat(squares / SAMPLES).isCloseTo(law, within(0.01 * law));
    assertThat(sum / SAMPLES).isCloseTo(0, within(4 * Math.sqrt(law / SAMPLES)));
  }

  /** Chi-square over 41 values and both tails: 42 degrees of freedom, beyond 81.4 once in 4,000. */
  @ParameterizedTest
  @CsvSource({"1, 0.5", "2, 0.333333", "7, 2.5"})
  void every_value_is_as_frequent_as_its_law_says(int sensitivity, double epsilon) {
    GeometricNoise noise = new GeometricNoise(sensitivity, PrivacyUnits.micros(epsilon));
    Map<Long, Integer> seen = histogram(noise, 0, 2);

    double a = Math.exp(-epsilon / sensitivity);
    double chiSquare = 0;
    int middle = 0;
    for (long x = -20; x <= 20; x++) {
      double expected = SAMPLES * (1 - a) / (1 + a) * Math.pow(a, (double) Math.abs(x));
      if (expected < 50) {
        continue;
      }
      int count = seen.getOrDefault(x, 0);
      middle += count;
      chiSquare += (count - expected) * (count - expected) / expected;
    }

    assertThat(chiSquare).isLessThan(81.4);
    assertThat(middle).isGreaterThan(SAMPLES / 2);
  }

  /**
   * The promise itself: a million answers about each of two neighbours. Every value that came a
   * thousand times must be likelier under one than under the other by at most e^epsilon, up to four
   * standard deviations of the ratio; one value in 16,000 would be beyond that by chance.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.05, 0.5, 1})
  void neighbours_are_told_apart_by_no_more_than_epsilon(double epsilon) {
    GeometricNoise noise = new GeometricNoise(1, PrivacyUnits.micros(epsilon));
    Map<Long, Integer> with = histogram(noise, 100, 3);
    Map<Long, Integer> without = histogram(noise, 99, 4);

    int compared = 0;
    for (Map.Entry<Long, Integer> value : with.entrySet()) {
      int here = value.getValue();
      int there = without.getOrDefault(value.getKey(), 0);
      if (here >= 1000 && there >= 1000) {
        compared++;
        double ratio = Math.abs(Math.log((double) here / there));
        double sigma = Math.sqrt(1.0 / here + 1.0 / there);
        assertThat(ratio).as("value %s", value.getKey()).isLessThan(epsilon + 4 * sigma);
      }
    }

    assertThat(compared).isGreaterThan(8);
  }

  /** What textbook noise fails: whether an answer can occur at all tells the input. */
  @Test
  void no_answer_is_possible_for_one_neighbour_only() {
    GeometricNoise noise = new GeometricNoise(1, PrivacyUnits.micros(0.5));
    Map<Long, Integer> with = histogram(noise, 100, 5);
    Map<Long, Integer> without = histogram(noise, 99, 6);

    for (long value = 85; value <= 114; value++) {
      assertThat(with).containsKey(value);
      assertThat(without).containsKey(value);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0.5, 1e-6", "4, 1, 1e-9", "1, 20, 1e-3", "1, 0.05, 0.25"})
  void the_upper_tail_is_the_least_that_is_rare_enough(
      int sensitivity, double epsilon, double delta) {
    GeometricNoise noise = new GeometricNoise(sensitivity, PrivacyUnits.micros(epsilon));

    long k = noise.upperTail(delta);

    double a = Math.exp(-epsilon / sensitivity);
    assertThat(Math.pow(a, (double) k) / (1 + a)).isLessThanOrEqualTo(delta);
    assertThat(Math.pow(a, k - 1.0) / (1 + a)).isGreaterThan(delta);
  }

  @Test
  void a_delta_that_is_no_bound_needs_no_tail() {
    assertThat(new GeometricNoise(1, PrivacyUnits.MICROS).upperTail(0.9)).isZero();
  }

  @Test
  void the_scale_is_sensitivity_over_epsilon() {
    assertThat(new GeometricNoise(3, PrivacyUnits.micros(0.05)).scale())
        .isCloseTo(60, within(1e-9));
  }

  @Test
  void a_scale_beyond_exact_arithmetic_is_refused() {
    assertThat(new GeometricNoise(1L << 33, PrivacyUnits.micros(0.000001)).scale()).isPositive();
    assertThatThrownBy(() -> new GeometricNoise(1L << 34, PrivacyUnits.micros(0.000001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("privacy.question.epsilon is too small");
  }

  @Test
  void a_source_that_only_gives_ones_is_found_out() {
    RandomBits ones = new RandomBits(new ConstantRandom(0xff));

    assertThatThrownBy(() -> ones.below(3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("entropy source is broken");
  }

  @Test
  void a_source_that_only_gives_zeros_is_found_out() {
    RandomBits zeros = new RandomBits(new ConstantRandom(0));
    GeometricNoise noise = new GeometricNoise(1, PrivacyUnits.micros(0.5));

    assertThatThrownBy(() -> noise.draw(zeros))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("entropy source is broken");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 7, 8, 255, 256, 257, 1L << 53})
  void below_stays_below_and_reaches_both_halves(long bound) {
    RandomBits bits = new RandomBits(new FixedRandom(7));
    long least = Long.MAX_VALUE;
    long most = 0;

    for (int i = 0; i < 10_000; i++) {
      long drawn = bits.below(bound);
      least = Math.min(least, drawn);
      most = Math.max(most, drawn);
    }

    assertThat(least).isBetween(0L, bound / 64);
    assertThat(most).isBetween(bound - 1 - bound / 64, bound - 1);
  }

  /**
   * Six values, a million draws: chi-square with 5 degrees of freedom, beyond 20.5 once in 1,000.
   */
  @Test
  void below_is_uniform() {
    RandomBits bits = new RandomBits(new FixedRandom(8));
    int[] seen = new int[6];
    for (int i = 0; i < SAMPLES; i++) {
      seen[(int) bits.below(6)]++;
    }

    double chiSquare = 0;
    for (int count : seen) {
      chiSquare += Math.pow(count - SAMPLES / 6.0, 2) / (SAMPLES / 6.0);
    }
    assertThat(chiSquare).isLessThan(20.5);
  }

  private static Map<Long, Integer> histogram(GeometricNoise noise, long truth, long seed) {
    RandomBits bits = new RandomBits(new FixedRandom(seed));
    Map<Long, Integer> seen = new HashMap<>();
    for (int i = 0; i < SAMPLES; i++) {
      seen.merge(truth + noise.draw(bits), 1, Integer::sum);
    }
    return seen;
  }
}
