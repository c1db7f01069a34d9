/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every test looks after each of 2,000 numbers in 400 runs; error .05 for both ends together. */
class ConfidenceSequenceTest {
  private static final int RUNS = 400;
  private static final int TASKS = 2_000;
  private static final double ERROR = .05;
  private static final double MOST_MISSES = ERROR + 3 * Math.sqrt(ERROR * (1 - ERROR) / RUNS);

  @Test
  void knows_nothing_before_both_sides_have_numbers() {
    ConfidenceSequence sequence = new ConfidenceSequence();
    for (int i = 0; i < 100; i++) {
      sequence.current().add(1);
    }

    assertThat(sequence.lower(ERROR)).isEqualTo(-1);
    assertThat(sequence.upper(ERROR)).isEqualTo(1);
    assertThat(sequence.isBelow(.5, ERROR)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({".5,.7,.7", ".5,.9,.6", ".1,.8,.7", ".5,.02,.02", ".02,.5,.5"})
  void the_difference_is_within_the_bounds_at_all_times(
      double share, double current, double candidate) {
    int misses = 0;
    for (int run = 0; run < RUNS; run++) {
      misses += misses(new SplittableRandom(run), share, current, candidate, 0) ? 1 : 0;
    }

    assertThat(misses / (double) RUNS).isLessThanOrEqualTo(MOST_MISSES);
  }

  @Test
  void the_difference_of_the_averages_so_far_is_within_the_bounds_while_means_move() {
    int misses = 0;
    for (int run = 0; run < RUNS; run++) {
      misses += misses(new SplittableRandom(run), .5, .9, .2, .6) ? 1 : 0;
    }

    assertThat(misses / (double) RUNS).isLessThanOrEqualTo(MOST_MISSES);
  }

  @ParameterizedTest
  @CsvSource({"1000,.32", "10000,.11", "100000,.04"})
  void the_interval_of_two_coins_is_as_narrow_as_stated(int count, double width) {
    ConfidenceSequence sequence = coins(count);

    assertThat(sequence.upper(ERROR / 2) - sequence.lower(ERROR / 2)).isLessThan(width);
    assertThat(sequence.lower(ERROR / 2)).isLessThan(0);
    assertThat(sequence.upper(ERROR / 2)).isGreaterThan(0);
  }

  @Test
  void numbers_that_vary_less_are_known_sooner() {
    ConfidenceSequence sequence = new ConfidenceSequence();
    for (int i = 0; i < 500; i++) {
      sequence.current().add(i % 2 == 0 ? .45 : .55);
      sequence.candidate().add(i % 2 == 0 ? .45 : .55);
    }

    double coins = coins(1_000).upper(ERROR / 2);
    assertThat(sequence.upper(ERROR / 2)).isLessThan(coins / 3);
  }

  @Test
  void bounds_and_questions_agree() {
    ConfidenceSequence sequence = coins(1_000);
    double lower = sequence.lower(ERROR);
    double upper = sequence.upper(ERROR);

    assertThat(sequence.isAbove(lower - 1e-6, ERROR)).isTrue();
    assertThat(sequence.isAbove(lower + 1e-6, ERROR)).isFalse();
    assertThat(sequence.isBelow(upper + 1e-6, ERROR)).isTrue();
    assertThat(sequence.isBelow(upper - 1e-6, ERROR)).isFalse();
    assertThat(upper).isCloseTo(-lower, within(1e-6));
  }

  private static ConfidenceSequence coins(int count) {
    ConfidenceSequence sequence = new ConfidenceSequence();
    for (int i = 0; i < count / 2; i++) {
      sequence.current().add(i % 2);
      sequence.candidate().add(i % 2);
    }
    return sequence;
  }

  /* Whether the difference of the average chances so far was ever outside; the chance of either
   * side swings by the given amount up and down as tasks go by. */
  private static boolean misses(
      SplittableRandom luck, double share, double current, double candidate, double swing) {
    ConfidenceSequence sequence = new ConfidenceSequence();
    double[] chances = new double[2];
    int[] counts = new int[2];
    for (int task = 0; task < TASKS; task++) {
      int side = luck.nextDouble() < share ? 1 : 0;
      double phase = (1 + Math.sin(task / 150.)) / 2;
      double chance = side == 1 ? candidate + swing * phase : current - swing * phase;
      (side == 1 ? sequence.candidate() : sequence.current())
          .add(luck.nextDouble() < chance ? 1 : 0);
      chances[side] += chance;
      counts[side]++;
      double difference = chances[1] / counts[1] - chances[0] / counts[0];
      if (sequence.isAbove(difference, ERROR / 2) || sequence.isBelow(difference, ERROR / 2)) {
        return true;
      }
    }
    return false;
  }
}
