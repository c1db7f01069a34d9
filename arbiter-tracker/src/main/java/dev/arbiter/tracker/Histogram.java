/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Arrays;

/** How many attempts took how long, in log-linear buckets; not thread-safe. */
class Histogram {
  /*
   * An octave is 32 buckets of equal width, so a bucket is 1/32 of its lower end wide and its middle
   * at most 1.6 % away from any value in it; below 32 ns buckets are exact.
   *
   * Up to 128 buckets are kept as sorted pairs, bucket above count in one int: most cells of most
   * agents see a handful of attempts, and whole octaves for those took eight times the memory; a
   * hundred attempts over five octaves take half of it. Beyond that there is a count for every
   * bucket from the lowest octave that is hit to the highest, in one array: with an array for each
   * octave a third of the time of folding went into finding the next one. A count that outgrows its
   * pair turns the pairs into counts too.
   */
  static final int BUCKETS = 32;
  static final int OCTAVES = 59;
  private static final int MOST_PAIRS = 128;
  private static final int COUNT_BITS = 21;
  private static final int MOST_COUNT = (1 << COUNT_BITS) - 1;
  private static final int DENSE = -1;
  private static final int[] NONE = {};

  private int[] ints = NONE;
  private int pairs;
  private int first;

  /** Adds one value, at least 0. */
  final void add(long nanos) {
    int octave = Math.max(0, OCTAVES - Long.numberOfLeadingZeros(nanos));
    int bucket = (int) (nanos >>> Math.max(0, octave - 1)) & (BUCKETS - 1);
    add(octave * BUCKETS + bucket, 1);
  }

  /** Adds what another one holds. */
  final void add(Histogram other) {
    other.forEach(this::add);
  }

  /** Adds what this one holds to wider counts. */
  final void addTo(Percentiles percentiles) {
    forEach(percentiles::add);
  }

  /** The sum of the natural logarithms of all values; those below 1 ns count as 1. */
  final double sumOfLogs() {
    double[] sum = {0};
    forEach((bucket, count) -> sum[0] += count * Math.log(Math.max(1.0, (double) middle(bucket))));
    return sum[0];
  }

  /** Looks at buckets that are not empty. */
  private interface BucketVisitor {
    void visit(int bucket, int count);
  }

  private void forEach(BucketVisitor visitor) {
    for (int i = 0; i < pairs; i++) {
      visitor.visit(ints[i] >>> COUNT_BITS, ints[i] & MOST_COUNT);
    }
    if (pairs == DENSE) {
      for (int i = 0; i < ints.length; i++) {
        if (ints[i] != 0) {
          visitor.visit(first + i, ints[i]);
        }
      }
    }
  }

  private void add(int bucket, int count) {
    if (pairs == DENSE) {
      addDense(bucket, count);
    } else {
      addPair(bucket, count);
    }
  }

  private void addDense(int bucket, int count) {
    int place = bucket - first;
    if (place < 0 || place >= ints.length) {
      widen(bucket);
      place = bucket - first;
    }
    int sum = ints[place] + count;
    ints[place] = sum < 0 ? Integer.MAX_VALUE : sum;
  }

  /** Makes room for the octave of a bucket. */
  private void widen(int bucket) {
    int octave = bucket & -BUCKETS;
    int from = ints.length == 0 ? octave : Math.min(first, octave);
    int end = ints.length == 0 ? octave + BUCKETS : Math.max(first + ints.length, octave + BUCKETS);
    int[] wider = new int[end - from];
    System.arraycopy(ints, 0, wider, Math.max(0, first - from), ints.length);
    first = from;
    ints = wider;
  }

  private void addPair(int bucket, int count) {
    int place = place(bucket);
    boolean known = place < pairs && ints[place] >>> COUNT_BITS == bucket;
    int kept = known ? ints[place] & MOST_COUNT : 0;
    if (count > MOST_COUNT - kept || (!known && pairs == MOST_PAIRS)) {
      becomeDense();
      addDense(bucket, count);
    } else if (known) {
      ints[place] += count;
    } else {
      insert(place, bucket << COUNT_BITS | count);
    }
  }

  /** Where the pair of a bucket is, or else belongs. */
  private int place(int bucket) {
    int from = 0;
    int to = pairs;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (ints[middle] >>> COUNT_BITS < bucket) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private void insert(int place, int pair) {
    int[] source = ints;
    if (pairs == ints.length) {
      ints = Arrays.copyOf(ints, Math.min(MOST_PAIRS, pairs + 2 + pairs / 4));
    }
    System.arraycopy(source, place, ints, place + 1, pairs - place);
    ints[place] = pair;
    pairs++;
  }

  private void becomeDense() {
    int[] sorted = ints;
    int count = pairs;
    ints = NONE;
    pairs = DENSE;
    for (int i = 0; i < count; i++) {
      addDense(sorted[i] >>> COUNT_BITS, sorted[i] & MOST_COUNT);
    }
  }

  /** The value in the middle of a bucket. */
  static long middle(int bucket) {
    int octave = bucket / BUCKETS;
    int within = bucket % BUCKETS;
    if (octave == 0) {
      return within;
    }
    int shift = octave - 1;
    return ((long) (BUCKETS + within) << shift) + ((1L << shift) >> 1);
  }
}
