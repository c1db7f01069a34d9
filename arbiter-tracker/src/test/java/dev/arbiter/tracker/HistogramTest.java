/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {
  @Test
  void every_bucket_gives_back_its_middle() {
    for (int octave = 0; octave < Histogram.OCTAVES; octave++) {
      for (int bucket = 0; bucket < Histogram.BUCKETS; bucket++) {
        long middle = Histogram.middle(octave * Histogram.BUCKETS + bucket);
        Histogram histogram = new Histogram();
        histogram.add(middle);

        assertThat(at(histogram, 1)).isEqualTo(middle);
      }
    }
  }

  /** 128 values are kept one by one, more as counts. */
  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128, 129, 1_000, 1_888})
  void holds_as_many_buckets_as_there_are(int buckets) {
    Histogram histogram = new Histogram();
    for (int i = buckets - 1; i >= 0; i--) {
      histogram.add(Histogram.middle(i));
    }

    for (int i = 0; i < buckets; i++) {
      assertThat(at(histogram, (i + 0.5) / buckets)).isEqualTo(Histogram.middle(i));
    }
  }

  @Test
  void counts_to_millions() {
    Histogram histogram = new Histogram();
    for (int i = 0; i < 3_000_000; i++) {
      histogram.add(100);
    }
    histogram.add(7);
    histogram.add(7);

    assertThat(at(histogram, 2 / 3_000_002.0)).isEqualTo(7);
    assertThat(at(histogram, 3 / 3_000_002.0)).isEqualTo(101);
    assertThat(at(histogram, 1)).isEqualTo(101);
  }

  @Test
  void a_sum_of_histograms_is_the_histogram_of_all_values() {
    SplittableRandom random = new SplittableRandom(3);
    Histogram all = new Histogram();
    Percentiles sum = new Percentiles();
    for (int part = 0; part < 20; part++) {
      Histogram one = new Histogram();
      int size = random.nextInt(200);
      for (int i = 0; i < size; i++) {
        long value = random.nextLong(1L << (10 + part));
        one.add(value);
        all.add(value);
      }
      one.addTo(sum);
    }

    for (double share = 0; share <= 1; share += 0.001) {
      assertThat(at(sum, share)).as("share %s", share).isEqualTo(at(all, share));
    }
  }

  private static long at(Histogram histogram, double share) {
    Percentiles percentiles = new Percentiles();
    histogram.addTo(percentiles);
    return at(percentiles, share);
  }

  private static long at(Percentiles percentiles, double share) {
    long[] nanos = new long[1];
    percentiles.read(new double[] {share}, nanos);
    return nanos[0];
  }
}
