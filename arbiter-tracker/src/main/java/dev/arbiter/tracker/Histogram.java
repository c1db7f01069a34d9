/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Arrays;

/** How many attempts took how long, in log-linear buckets; not thread-safe. */
final class Histogram {
  /*
   * An octave is a page of 32 buckets of equal width, so a bucket is 1/32 of its lower end wide and
   * its middle at most 1.6 % away from any value in it; below 32 ns buckets are exact. Only octaves
   * between the first and the last that were hit have a place in the table, and only those that were
   * hit have a page: an agent whose times span five octaves takes about 800 bytes.
   */
  static final int BUCKETS = 32;
  static final int PAGES = 59;
  private static final int[] UNTOUCHED = {};
  private static final int[][] EMPTY = {};

  private int first;
  private int[][] pages = EMPTY;

  /** Adds one value, at least 0. */
  void add(long nanos) {
    int octave = octave(nanos);
    int[] page = page(octave);
    int bucket = bucket(nanos, octave);
    page[bucket] = saturatedSum(page[bucket], 1);
  }

  /** Adds what another one holds. */
  void add(Histogram other) {
    for (int i = 0; i < other.pages.length; i++) {
      int[] from = other.pages[i];
      if (from.length != 0) {
        int[] to = page(other.first + i);
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
          to[bucket] = saturatedSum(to[bucket], from[bucket]);
        }
      }
    }
  }

  /** Adds what this one holds to wider counts. */
  void addTo(Percentiles percentiles) {
    for (int i = 0; i < pages.length; i++) {
      if (pages[i].length != 0) {
        percentiles.add(first + i, pages[i]);
      }
    }
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
    Arrays.fill(grown, UNTOUCHED);
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
