/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CellTest {
  @Test
  void every_bucket_gives_back_its_middle() {
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      Cell cell = cell();
      cell.addTime(Buckets.middle(bucket));

      assertThat(at(cell, 1)).isEqualTo(Buckets.middle(bucket));
      assertThat(Buckets.of(Buckets.middle(bucket))).isEqualTo(bucket);
    }
    assertThat(Buckets.of(Long.MAX_VALUE)).isEqualTo(Buckets.COUNT - 1);
  }

  /** 128 values are kept one by one, more as counts. */
  @ParameterizedTest
  @ValueSource(ints = {1, 127, 128, 129, 1_000, 1_888})
  void holds_as_many_buckets_as_there_are(int buckets) {
    Cell cell = cell();
    for (int i = buckets - 1; i >= 0; i--) {
      cell.addTime(Buckets.middle(i));
    }

    for (int i = 0; i < buckets; i++) {
      assertThat(at(cell, (i + 0.5) / buckets)).isEqualTo(Buckets.middle(i));
    }
  }

  @Test
  void counts_to_millions() {
    Cell cell = cell();
    for (int i = 0; i < 3_000_000; i++) {
      cell.addTime(100);
    }
    cell.addTime(7);
    cell.addTime(7);

    assertThat(at(cell, 2 / 3_000_002.0)).isEqualTo(7);
    assertThat(at(cell, 3 / 3_000_002.0)).isEqualTo(101);
    assertThat(at(cell, 1)).isEqualTo(101);
  }

  @Test
  void a_sum_of_cells_holds_the_times_of_all() {
    SplittableRandom random = new SplittableRandom(3);
    Cell all = cell();
    Sum sum = new Sum();
    for (int part = 0; part < 20; part++) {
      Cell one = cell();
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

  private static Cell cell() {
    return new Cell(0, null);
  }

  private static long at(Cell cell, double share) {
    Sum sum = new Sum();
    cell.addTo(sum);
    return at(sum, share);
  }

  private static long at(Sum sum, double share) {
    long[] nanos = new long[1];
    sum.times.read(new double[] {share}, nanos);
    return nanos[0];
  }
}
