/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import static dev.arbiter.tracker.analysis.RollbackCheck.Diagnosis.Outcome.DIFFERENT;
import static dev.arbiter.tracker.analysis.RollbackCheck.Diagnosis.Outcome.INSUFFICIENT;
import static dev.arbiter.tracker.analysis.RollbackCheck.Diagnosis.Outcome.SAME;
import static dev.arbiter.tracker.analysis.RollbackCheck.Diagnosis.Outcome.UNDECIDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.tracker.analysis.RollbackCheck.Diagnosis.Outcome;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Log-normal noise with a coefficient of variation of 0.3; seeds pinned. */
class RollbackCheckTest {
  private static final double[] BEFORE = {
    20.09, 21.97, 18.5, 15.38, 17.52, 14.92, 20.45, 30.03, 17.33, 16.67, 23.27, 22.36, 20.73, 15.19,
    19.91
  };
  private static final double[] AFTER = {
    24.38, 14.64, 18.28, 12.74, 14.84, 12.93, 19.32, 14.93, 21.93, 21.31, 19.56, 10.92, 17.91,
    20.24, 21.08, 13.98, 18.18, 16.04, 16.74, 26.71
  };

  @Test
  void agrees_with_scipy() {
    RollbackCheck.Diagnosis diagnosis = RollbackCheck.compare(BEFORE, AFTER, 0.1);

    assertThat(diagnosis.change().value()).isCloseTo(-0.09832668184999661, within(1e-10));
    assertThat(diagnosis.change().low()).isCloseTo(-0.2005977608222154, within(1e-9));
    assertThat(diagnosis.change().high()).isCloseTo(0.017028390488189778, within(1e-9));
    assertThat(diagnosis.outcome()).isEqualTo(UNDECIDED);
    assertThat(diagnosis.before()).isEqualTo(15);
    assertThat(diagnosis.after()).isEqualTo(20);
    assertThat(RollbackCheck.compare(BEFORE, AFTER, 0.3).outcome()).isEqualTo(SAME);
  }

  @Test
  void what_is_equal_is_the_same_in_95_of_100_runs_of_500_values() {
    assertThat(share(1, 500, SAME)).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void what_is_off_by_the_margin_is_the_same_in_at_most_6_of_100_runs() {
    assertThat(share(1.1, 200, SAME)).isLessThanOrEqualTo(0.06);
    assertThat(share(1 / 1.1, 200, SAME)).isLessThanOrEqualTo(0.06);
  }

  @Test
  void what_is_off_by_the_margin_is_different_in_at_most_6_of_100_runs() {
    assertThat(share(1.1, 200, DIFFERENT)).isLessThanOrEqualTo(0.06);
  }

  @Test
  void what_is_off_by_three_margins_is_different_in_95_of_100_runs() {
    assertThat(share(1.3, 200, DIFFERENT)).isGreaterThanOrEqualTo(0.95);
    assertThat(share(1 / 1.3, 200, DIFFERENT)).isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void few_values_show_neither() {
    assertThat(share(1, 12, UNDECIDED)).isGreaterThanOrEqualTo(0.9);
  }

  @Test
  void fewer_than_ten_values_or_none_that_vary_are_insufficient() {
    assertThat(outcome(Arrays.copyOf(BEFORE, 9), AFTER)).isEqualTo(INSUFFICIENT);
    assertThat(outcome(BEFORE, Arrays.copyOf(AFTER, 9))).isEqualTo(INSUFFICIENT);
    assertThat(outcome(BEFORE, new double[0])).isEqualTo(INSUFFICIENT);
    double[] flat = new double[20];
    Arrays.fill(flat, 5);
    assertThat(outcome(flat, flat)).isEqualTo(INSUFFICIENT);
    assertThat(outcome(Arrays.copyOf(BEFORE, 10), Arrays.copyOf(AFTER, 10)))
        .isNotEqualTo(INSUFFICIENT);
  }

  @Test
  void figures_that_are_none_are_refused() {
    assertThatThrownBy(() -> RollbackCheck.compare(BEFORE, AFTER, 0))
        .hasMessageContaining("rollback.margin");
    assertThatThrownBy(() -> RollbackCheck.compare(new double[] {0}, AFTER, 0.1))
        .hasMessageContaining("above 0");
    assertThatThrownBy(
            () -> RollbackCheck.compare(BEFORE, new double[] {Double.POSITIVE_INFINITY}, 0.1))
        .hasMessageContaining("above 0");
  }

  private static Outcome outcome(double[] before, double[] after) {
    return RollbackCheck.compare(before, after, 0.1).outcome();
  }

  private static double share(double factor, int values, Outcome outcome) {
    int count = 0;
    for (int seed = 0; seed < 500; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] before = sample(random, values, 1);
      double[] after = sample(random, values, factor);
      count += outcome(before, after) == outcome ? 1 : 0;
    }
    return count / 500.0;
  }

  private static double[] sample(SplittableRandom random, int values, double factor) {
    double[] sample = new double[values];
    for (int i = 0; i < values; i++) {
      sample[i] = factor * Math.exp(0.2936 * random.nextGaussian());
    }
    return sample;
  }
}
