/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

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
    List<Accumulator> sums = new ArrayList<>();
    List<Long> places = new ArrayList<>();
    long tick = 177_000_000;
    for (int i = 0; i < 400; i++) {
      tick -= random.nextInt(1, 3_000);
      places.add(BucketLevels.place(i / 100, tick));
      sums.add(random(random));
      packer.put(places.get(i), sums.get(i));
    }

    unpacker.open(packer.bytes());
    for (int i = 0; i < 400; i++) {
      assertThat(unpacker.next()).isTrue();
      assertThat(unpacker.place()).isEqualTo(places.get(i));
      Accumulator sum = new Accumulator();
      unpacker.addTo(sum);
      assertThat(words(sum)).as("sub-window %d", i).isEqualTo(words(sums.get(i)));
      assertThat(bins(sum)).isEqualTo(bins(sums.get(i)));
    }
    assertThat(unpacker.next()).isFalse();
  }

  /** The longest a sub-window may become: every bin hit more often than anybody counts. */
  @Test
  void every_bucket_may_be_full() {
    Accumulator full = new Accumulator();
    for (int bin = 0; bin < LatencyBins.COUNT; bin++) {
      full.times.add(bin, Long.MAX_VALUE / LatencyBins.COUNT);
    }
    packer.clear();
    packer.put(BucketLevels.place(0, 2), full);
    packer.put(BucketLevels.place(0, 1), full);

    Accumulator sum = new Accumulator();
    unpacker.open(packer.bytes());
    assertThat(unpacker.next()).isTrue();
    assertThat(unpacker.next()).isTrue();
    unpacker.addTo(sum);
    assertThat(unpacker.next()).isFalse();
    assertThat(bins(sum)).isEqualTo(bins(full));
  }

  @Test
  void a_handful_of_attempts_takes_few_bytes() {
    Accumulator sum = new Accumulator();
    sum.count = 3;
    sum.successes = 3;
    sum.quality = 3;
    for (int i = 0; i < 3; i++) {
      sum.times.add(800 + 40 * i, 1);
    }
    packer.clear();
    packer.put(BucketLevels.place(0, 177_000_000), sum);
    int first = packer.bytes().length;
    packer.put(BucketLevels.place(0, 176_999_999), sum);

    assertThat(packer.bytes().length - first).isLessThanOrEqualTo(12);
  }

  private static Accumulator random(SplittableRandom random) {
    Accumulator sum = new Accumulator();
    long[] row = new long[Counters.WORDS];
    for (int i = 0; i < row.length; i++) {
      row[i] = random.nextInt(3) == 0 ? 0 : random.nextLong(1L << random.nextInt(1, 40));
    }
    row[1] = Packer.word(random.nextDouble() * 100);
    row[2] = Packer.word(random.nextInt(2) * random.nextDouble());
    sum.addFrom(row);
    for (int i = random.nextInt(300); i > 0; i--) {
      long count = random.nextInt(4) == 0 ? random.nextLong(1, 1L << random.nextInt(1, 40)) : 1;
      sum.times.add(random.nextInt(LatencyBins.COUNT), count);
    }
    return sum;
  }

  private static long[] words(Accumulator sum) {
    long[] row = new long[Counters.WORDS];
    sum.writeTo(row);
    return row;
  }

  private static List<String> bins(Accumulator sum) {
    List<String> bins = new ArrayList<>();
    sum.times.forEach((bin, count) -> bins.add(bin + ":" + count));
    return bins;
  }
}
