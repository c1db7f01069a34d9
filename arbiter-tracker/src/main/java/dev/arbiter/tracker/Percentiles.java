/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Arrays;

/** Adds histograms up and reads percentiles off the sum; used again and again, not thread-safe. */
final class Percentiles {
  private final long[] counts = new long[Histogram.OCTAVES * Histogram.BUCKETS];
  private long total;
  private int from = counts.length;
  private int to;

  /** Forgets everything. */
  void clear() {
    if (from < to) {
      Arrays.fill(counts, from, to, 0);
    }
    total = 0;
    from = counts.length;
    to = 0;
  }

  void add(int bucket, int count) {
    from = Math.min(from, bucket);
    to = Math.max(to, bucket + 1);
    counts[bucket] += count;
    total += count;
  }

  /**
   * Reads values off in one pass: for each share, in rising order, the smallest value that at least
   * so many do not exceed.
   *
   * @return the mean, in nanoseconds
   */
  double read(double[] shares, long[] nanos) {
    Arrays.fill(nanos, 0);
    double sum = 0;
    long seen = 0;
    int next = 0;
    for (int i = from; i < to; i++) {
      long count = counts[i];
      if (count != 0) {
        long middle = Histogram.middle(i);
        sum += (double) count * middle;
        seen += count;
        while (next < shares.length && seen >= rank(shares[next])) {
          nanos[next++] = middle;
        }
      }
    }
    return total == 0 ? 0 : sum / total;
  }

  private long rank(double share) {
    return Math.max(1, (long) Math.ceil(share * total));
  }
}
