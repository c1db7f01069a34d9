/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Arrays;

/** How many attempts took how long, in log-linear buckets; not thread-safe. */
final class Histogram {
  /*
   * An octave is 32 buckets of equal width, so a bucket is 1/32 of its lower end wide and its middle
   * at most 1.6 % away from any value in it; below 32 ns buckets are exact.
   *
   * The first 128 values are kept one by one, each as its bucket: most sub-windows of most agents
   * see a handful. Beyond that there is a count for every bucket from the lowest octave that is hit
   * to the highest, in one array: with an array for each octave a third of the time of folding went
   * into finding the next one. A count is good for 4 billion, which is 430 million a second.
   */
  static final int BUCKETS = 32;
  static final int OCTAVES = 59;
  private static final int MOST_VALUES = 128;
  private static final int FEWEST_VALUES = 8;
  private static final char[] NO_VALUES = {};
  private static final int[] NO_COUNTS = {};

  private int[] counts = NO_COUNTS;
  private int first;
  private int size;
  private char[] values = NO_VALUES;

  /** Adds one value, at least 0. */
  void add(long nanos) {
    int shift = Math.max(0, OCTAVES - 1 - Long.numberOfLeadingZeros(nanos));
    int bucket = shift * BUCKETS + (int) (nanos >>> shift);
    int place = bucket - first;
    if (place >= 0 && place < counts.length) {
      counts[place]++;
    } else if (counts.length == 0 && size < MOST_VALUES) {
      addValue(bucket);
    } else {
      addElsewhere(bucket);
    }
  }

  private void addValue(int bucket) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.max(FEWEST_VALUES, 2 * size));
    }
    values[size++] = (char) bucket;
  }

  /** Adds to counts that do not reach as far yet. */
  private void addElsewhere(int bucket) {
    int from = bucket & -BUCKETS;
    int to = from + BUCKETS;
    if (counts.length > 0) {
      from = Math.min(from, first);
      to = Math.max(to, first + counts.length);
    }
    for (int i = 0; i < size; i++) {
      from = Math.min(from, values[i] & -BUCKETS);
      to = Math.max(to, (values[i] & -BUCKETS) + BUCKETS);
    }
    int[] wider = new int[to - from];
    System.arraycopy(counts, 0, wider, Math.max(0, first - from), counts.length);
    for (int i = 0; i < size; i++) {
      wider[values[i] - from]++;
    }
    wider[bucket - from]++;
    counts = wider;
    first = from;
    values = NO_VALUES;
    size = 0;
  }

  /** Adds what this one holds to wider counts. */
  void addTo(Percentiles percentiles) {
    for (int i = 0; i < size; i++) {
      percentiles.add(values[i], 1);
    }
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        percentiles.add(first + i, Integer.toUnsignedLong(counts[i]));
      }
    }
  }

  /** The same content, apart. */
  Histogram copy() {
    Histogram copy = new Histogram();
    copy.counts = counts.clone();
    copy.first = first;
    copy.size = size;
    copy.values = values.clone();
    return copy;
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
