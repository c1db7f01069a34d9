/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenBucketTest {
  @Test
  void every_bucket_gives_back_its_middle() {
    for (int bin = 0; bin < LatencyBins.COUNT; bin++) {
      OpenBucket bucket = bucket();
      bucket.addTime(LatencyBins.middle(bin));

      assertThat(at(bucket, 1)).isEqualTo(LatencyBins.middle(bin));
      assertThat(LatencyBins.of(LatencyBins.middle(bin))).isEqualTo(bin);
    }
    assertThat(LatencyBins.of(Long.MAX_VALUE)).isEqualTo(LatencyBins.COUNT - 1);
  }

  /** 128 values are kept one by one, more as counts. */
  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128, 129, 1_000, 1_888})
  void holds_as_many_buckets_as_there_are(int bins) {
    OpenBucket bucket = bucket();
    for (int i = bins - 1; i >= 0; i--) {
      bucket.addTime(LatencyBins.middle(i));
    }

    for (int i = 0; i < bins; i++) {
      assertThat(at(bucket, (i + 0.5) / bins)).isEqualTo(LatencyBins.middle(i));
    }
  }

  @Test
  void counts_to_millions() {
    OpenBucket bucket = bucket();
    for (int i = 0; i < 3_000_000; i++) {
      bucket.addTime(100);
    }
    bucket.addTime(7);
    bucket.addTime(7);

    assertThat(at(bucket, 2 / 3_000_002.0)).isEqualTo(7);
    assertThat(at(bucket, 3 / 3_000_002.0)).isEqualTo(101);
    assertThat(at(bucket, 1)).isEqualTo(101);
  }

  @Test
  void a_sum_of_cells_holds_the_times_of_all() {
    SplittableRandom random = new SplittableRandom(3);
    OpenBucket all = bucket();
    Accumulator sum = new Accumulator();
    for (int part = 0; part < 20; part++) {
      OpenBucket one = bucket();
      int size = random.nextInt(200);
      for (int i = 0; i < size; i++) {
        long value = random.nextLong(1L << (10 + part));
        one.addTime(value);
        all.addTime(value);
      }
      one.addTo(sum);
    }

    for (double share = 0; share <= 1; share += 0.001) {
      assertThat(at(sum, share)).as("share %s", share).isEqualTo(at(all, share));
    }
  }

  private static OpenBucket bucket() {
    return new OpenBucket(0, null);
  }

  private static long at(OpenBucket bucket, double share) {
    Accumulator sum = new Accumulator();
    bucket.addTo(sum);
    return at(sum, share);
  }

  private static long at(Accumulator sum, double share) {
    long[] nanos = new long[1];
    sum.times.read(new double[] {share}, nanos);
    return nanos[0];
  }
}
