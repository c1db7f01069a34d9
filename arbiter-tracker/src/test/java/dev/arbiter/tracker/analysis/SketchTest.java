/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SketchTest {
  @Test
  void percentiles_are_within_1_percent_of_exact_ones() {
    SplittableRandom random = new SplittableRandom(1);
    Sketch sketch = new Sketch();
    double[] values = new double[20_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 100 * Math.exp(2 * random.nextGaussian());
      sketch.add(values[i]);
    }
    Arrays.sort(values);

    for (double share : new double[] {0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999}) {
      double exact = values[(int) Math.ceil(share * values.length) - 1];
      assertThat(sketch.percentile(share)).isCloseTo(exact, withinPercentage(1.01));
    }
    assertThat(sketch.percentile(1)).isEqualTo(values[values.length - 1]);
  }

  @Test
  void the_sum_of_two_is_what_one_would_be() {
    SplittableRandom random = new SplittableRandom(2);
    Sketch one = new Sketch();
    Sketch left = new Sketch();
    Sketch right = new Sketch();
    for (int i = 0; i < 1000; i++) {
      double value = i % 7 == 0 ? 0 : random.nextDouble() * (i < 300 ? 1 : 1000);
      one.add(value);
      (i < 300 ? left : right).add(value);
    }
    left.add(right);
    left.add(new Sketch());

    assertThat(left.samples()).isEqualTo(1000);
    assertThat(left.mean()).isCloseTo(one.mean(), within(1e-9));
    assertThat(left.deviation()).isCloseTo(one.deviation(), within(1e-9));
    assertThat(left.min()).isEqualTo(one.min());
    assertThat(left.max()).isEqualTo(one.max());
    for (double share : new double[] {0.1, 0.5, 0.99}) {
      assertThat(left.percentile(share)).isEqualTo(one.percentile(share));
    }
  }

  @Test
  void moments_are_exact() {
    Sketch sketch = new Sketch();
    for (double value : new double[] {2, 4, 4, 4, 5, 5, 7, 9}) {
      sketch.add(value);
    }

    assertThat(sketch.mean()).isEqualTo(5);
    assertThat(sketch.deviation()).isCloseTo(Math.sqrt(32.0 / 7), within(1e-12));
    assertThat(sketch.min()).isEqualTo(2);
    assertThat(sketch.max()).isEqualTo(9);
  }

  @Test
  void zeros_count() {
    Sketch sketch = new Sketch();
    for (int i = 0; i < 10; i++) {
      sketch.add(i < 6 ? 0 : 100);
    }

    assertThat(sketch.percentile(0.5)).isZero();
    assertThat(sketch.percentile(0.61)).isEqualTo(100, within(1.0));
  }

  @Test
  void values_of_any_size_stay_in_bounded_room_and_the_high_end_stays_exact() {
    Sketch sketch = new Sketch();
    for (int exponent = -300; exponent <= 300; exponent++) {
      sketch.add(Math.pow(10, exponent));
    }

    assertThat(sketch.percentile(1)).isEqualTo(1e300);
    assertThat(sketch.percentile(0.999)).isCloseTo(1e300, withinPercentage(1.01));
    assertThat(sketch.samples()).isEqualTo(601);
  }

  @Test
  void says_what_it_holds() {
    Sketch sketch = new Sketch();
    sketch.add(1);
    sketch.add(50);

    assertThat(sketch).hasToString("2 values, 2 buckets");
    assertThat(sketch.deviation()).isGreaterThan(0);
    assertThat(new Sketch().deviation()).isZero();
  }
}
