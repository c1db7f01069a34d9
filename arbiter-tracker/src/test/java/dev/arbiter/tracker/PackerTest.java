/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PackerTest {
  private final Packer packer = new Packer();
  private final Unpacker unpacker = new Unpacker();

  @Test
  void what_was_packed_comes_back_to_the_last_bit() {
    SplittableRandom random = new SplittableRandom(5);
    packer.clear();
    List<Sum> sums = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    long tick = 177_000_000;
    for (int i = 0; i < 400; i++) {
      tick -= random.nextInt(1, 3_000);
      places.add(Levels.place(i / 100, tick));
      sums.add(random(random));
      packer.put(places.get(i), sums.get(i));
    }

    unpacker.open(packer.bytes());
    for (int i = 0; i < 400; i++) {
      assertThat(unpacker.next()).isTrue();
      assertThat(unpacker.place()).isEqualTo(places.get(i));
      Sum sum = new Sum();
      unpacker.addTo(sum);
      assertThat(words(sum)).as("sub-window %d", i).isEqualTo(words(sums.get(i)));
      assertThat(buckets(sum)).isEqualTo(buckets(sums.get(i)));
    }
    assertThat(unpacker.next()).isFalse();
  }

  /** The longest a sub-window may become: every bucket hit more often than anybody counts. */
  @Test
  void every_bucket_may_be_full() {
    Sum full = new Sum();
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      full.times.add(bucket, Long.MAX_VALUE / Buckets.COUNT);
    }
    packer.clear();
    packer.put(Levels.place(0, 2), full);
    packer.put(Levels.place(0, 1), full);

    Sum sum = new Sum();
    unpacker.open(packer.bytes());
    assertThat(unpacker.next()).isTrue();
    assertThat(unpacker.next()).isTrue();
    unpacker.addTo(sum);
    assertThat(unpacker.next()).isFalse();
    assertThat(buckets(sum)).isEqualTo(buckets(full));
  }

  @Test
  void a_handful_of_attempts_takes_few_bytes() {
    Sum sum = new Sum();
    sum.count = 3;
    sum.successes = 3;
    sum.quality = 3;
    for (int i = 0; i < 3; i++) {
      sum.times.add(800 + 40 * i, 1);
    }
    packer.clear();
    packer.put(Levels.place(0, 177_000_000), sum);
    int first = packer.bytes().length;
    packer.put(Levels.place(0, 176_999_999), sum);

    assertThat(packer.bytes().length - first).isLessThanOrEqualTo(12);
  }

  private static Sum random(SplittableRandom random) {
    Sum sum = new Sum();
    long[] row = new long[Figures.WORDS];
    for (int i = 0; i < row.length; i++) {
      row[i] = random.nextInt(3) == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 40));
    }
    row[1] = Packer.word(random.nextDouble() * 100);
    row[2] = Packer.word(random.nextInt(2) * random.nextDouble());
    sum.addFrom(row);
    for (int i = random.nextInt(300); i > 0; i--) {
      long count = random.nextInt(4) == 0 ? random.nextLong(1, 1L << random.nextInt(1, 40)) : 1;
      sum.times.add(random.nextInt(Buckets.COUNT), count);
    }
    return sum;
  }

  private static long[] words(Sum sum) {
    long[] row = new long[Figures.WORDS];
    sum.writeTo(row);
    return row;
  }

  private static List<String> buckets(Sum sum) {
    List<String> buckets = new ArrayList<>();
    sum.times.forEach((bucket, count) -> buckets.add(bucket + ":" + count));
    return buckets;
  }
}
