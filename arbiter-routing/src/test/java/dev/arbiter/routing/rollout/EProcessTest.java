/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.Simulation;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EProcessTest {
  private static final int RUNS = 20_000;

  @Test
  void nothing_is_no_evidence() {
    assertThat(new EProcess().evidenceAbove(.3)).isZero();
    assertThat(new EProcess().evidenceBelow(.3)).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {.02, .3, .5, .9})
  void the_evidence_against_the_true_mean_is_1_at_most_on_average_within_4_standard_errors(
      double chance) {
    double[] above = new double[RUNS];
    double[] below = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      EProcess sample = coins(new SplittableRandom(run), chance, 100);
      above[run] = Math.exp(sample.evidenceAbove(chance));
      below[run] = Math.exp(sample.evidenceBelow(chance));
    }

    Simulation.Measured high = Simulation.summary(above);
    Simulation.Measured low = Simulation.summary(below);
    assertThat(high.mean()).isLessThan(1 + 4 * high.error());
    assertThat(low.mean()).isLessThan(1 + 4 * low.error());
  }

  @Test
  void the_evidence_against_a_wrong_mean_grows_with_its_distance() {
    EProcess sample = coins(new SplittableRandom(1), .7, 1_000);

    assertThat(sample.evidenceAbove(.6)).isGreaterThan(Math.log(1_000));
    assertThat(sample.evidenceAbove(.5)).isGreaterThan(sample.evidenceAbove(.6));
    assertThat(sample.evidenceBelow(.8)).isGreaterThan(Math.log(1_000));
    assertThat(sample.evidenceBelow(.9)).isGreaterThan(sample.evidenceBelow(.8));
  }

  @Test
  void a_copy_goes_its_own_way() {
    EProcess sample = coins(new SplittableRandom(1), .5, 100);
    EProcess copy = sample.copy();

    sample.add(1);

    assertThat(copy.count()).isEqualTo(100);
    assertThat(copy.evidenceAbove(.2)).isNotEqualTo(sample.evidenceAbove(.2));
  }

  private static EProcess coins(SplittableRandom luck, double chance, int count) {
    EProcess sample = new EProcess();
    for (int i = 0; i < count; i++) {
      sample.add(luck.nextDouble() < chance ? 1 : 0);
    }
    return sample;
  }
}
