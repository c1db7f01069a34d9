/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Arrays;

/** How many attempts took how long, in log-linear buckets; not thread-safe. */
final class Histogram {
  /*
   * An octave is a page of 32 buckets of equal width, so a bucket is 1/32 of its lower end wide and
   * its middle at most 1.6 % away from any value in it; below 32 ns buckets are exact.
   *
   * Up to 128 buckets are kept as sorted pairs, bucket above count in one int: most cells of most
   * agents see a handful of attempts, and pages for those took eight times the memory; a hundred
   * attempts over five octaves take half of what pages would. Beyond that each octave that is hit
   * gets a page. A count that outgrows its pair turns the pairs into pages too.
   */
  static final int BUCKETS = 32;
  static final int PAGES = 59;
  private static final int MOST_PAIRS = 128;
  private static final int COUNT_BITS = 21;
  private static final int MOST_COUNT = (1 << COUNT_BITS) - 1;
  private static final int[] NO_INTS = {};
  private static final int[][] NO_PAGES = {};

  private int[] pairs = NO_INTS;
  private int pairCount;
  private int first;
  private int[][] pages = NO_PAGES;

  /** Adds one value, at least 0. */
  void add(long nanos) {
    int octave = octave(nanos);
    add(octave * BUCKETS + bucket(nanos, octave), 1);
  }

  /** Adds what another one holds. */
  void add(Histogram other) {
    for (int i = 0; i < other.pairCount; i++) {
      add(other.pairs[i] >>> COUNT_BITS, other.pairs[i] & MOST_COUNT);
    }
    for (int i = 0; i < other.pages.length; i++) {
      int[] page = other.pages[i];
      for (int bucket = 0; bucket < page.length; bucket++) {
        if (page[bucket] != 0) {
          add((other.first + i) * BUCKETS + bucket, page[bucket]);
        }
      }
    }
  }

  private void add(int bucket, int count) {
    if (pages.length != 0 || !addPair(bucket, count)) {
      int[] page = page(bucket / BUCKETS);
      page[bucket % BUCKETS] = saturatedSum(page[bucket % BUCKETS], count);
    }
  }

  private boolean addPair(int bucket, int count) {
    int place = place(bucket);
    if (place < pairCount && pairs[place] >>> COUNT_BITS == bucket) {
      if (count > MOST_COUNT - (pairs[place] & MOST_COUNT)) {
        turnToPages();
        return false;
      }
      pairs[place] += count;
      return true;
    }
    if (pairCount == MOST_PAIRS || count > MOST_COUNT) {
      turnToPages();
      return false;
    }
    insert(place, bucket << COUNT_BITS | count);
    return true;
  }

  /** Where the pair of a bucket is, or else belongs. */
  private int place(int bucket) {
    int from = 0;
    int to = pairCount;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (pairs[middle] >>> COUNT_BITS < bucket) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private void insert(int place, int pair) {
    int[] source = pairs;
    if (pairCount == pairs.length) {
      pairs = Arrays.copyOf(pairs, Math.min(MOST_PAIRS, pairCount + 2 + pairCount / 4));
    }
    System.arraycopy(source, place, pairs, place + 1, pairCount - place);
    pairs[place] = pair;
    pairCount++;
  }

  private void turnToPages() {
    for (int i = 0; i < pairCount; i++) {
      int bucket = pairs[i] >>> COUNT_BITS;
      page(bucket / BUCKETS)[bucket % BUCKETS] = pairs[i] & MOST_COUNT;
    }
    pairs = NO_INTS;
    pairCount = 0;
  }

  /** Adds what this one holds to wider counts. */
  void addTo(Percentiles percentiles) {
    for (int i = 0; i < pairCount; i++) {
      percentiles.add(pairs[i] >>> COUNT_BITS, pairs[i] & MOST_COUNT);
    }
    for (int i = 0; i < pages.length; i++) {
      for (int bucket = 0; bucket < pages[i].length; bucket++) {
        percentiles.add((first + i) * BUCKETS + bucket, pages[i][bucket]);
      }
    }
  }

  /** The sum of the natural logarithms of all values; those below 1 ns count as 1. */
  double sumOfLogs() {
    double sum = 0;
    for (int i = 0; i < pairCount; i++) {
      int bucket = pairs[i] >>> COUNT_BITS;
      sum += (pairs[i] & MOST_COUNT) * log(bucket / BUCKETS, bucket % BUCKETS);
    }
    for (int i = 0; i < pages.length; i++) {
      for (int bucket = 0; bucket < pages[i].length; bucket++) {
        if (pages[i][bucket] != 0) {
          sum += pages[i][bucket] * log(first + i, bucket);
        }
      }
    }
    return sum;
  }

  private static double log(int octave, int bucket) {
    return Math.log(Math.max(1.0, (double) middle(octave, bucket)));
  }

  private int[] page(int octave) {
    if (pages.length == 0) {
      first = octave;
    }
    if (octave < first || octave >= first + pages.length) {
      grow(octave);
    }
    int[] page = pages[octave - first];
    if (page.length == 0) {
      page = new int[BUCKETS];
      pages[octave - first] = page;
    }
    return page;
  }

  private void grow(int octave) {
    int newFirst = Math.min(first, octave);
    int newEnd = Math.max(first + pages.length, octave + 1);
    int[][] grown = new int[newEnd - newFirst][];
    Arrays.fill(grown, NO_INTS);
    System.arraycopy(pages, 0, grown, first - newFirst, pages.length);
    first = newFirst;
    pages = grown;
  }

  private static int octave(long nanos) {
    return Math.max(0, PAGES - Long.numberOfLeadingZeros(nanos));
  }

  private static int bucket(long nanos, int octave) {
    return (int) (nanos >>> Math.max(0, octave - 1)) & (BUCKETS - 1);
  }

  /** The value in the middle of a bucket. */
  static long middle(int octave, int bucket) {
    if (octave == 0) {
      return bucket;
    }
    int shift = octave - 1;
    return ((long) (BUCKETS + bucket) << shift) + ((1L << shift) >> 1);
  }

  private static int saturatedSum(int a, int b) {
    int sum = a + b;
    return sum < 0 ? Integer.MAX_VALUE : sum;
  }
}
