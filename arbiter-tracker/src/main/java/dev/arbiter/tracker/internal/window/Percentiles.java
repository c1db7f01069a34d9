/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.Arrays;

/** Sums times and reads percentiles from the sum. Reused; not thread-safe. */
public final class Percentiles {
  /*
   * A bit for each bin marks a hit: a sum of ten attempts is read and cleared in ten steps, instead
   * of one for each bin between the fastest and the slowest.
   */
  private final long[] counts = new long[LatencyBins.COUNT];
  private final long[] hit = new long[(LatencyBins.COUNT + Long.SIZE - 1) / Long.SIZE];
  private long total;

  /** Looks at bins that were hit, in rising order. */
  interface BinVisitor {
    void visit(int bin, long count);
  }

  /** Forgets everything. */
  void clear() {
    for (int i = 0; i < hit.length; i++) {
      for (long bits = hit[i]; bits != 0; bits &= bits - 1) {
        counts[i * Long.SIZE + Long.numberOfTrailingZeros(bits)] = 0;
      }
      hit[i] = 0;
    }
    total = 0;
  }

  void add(int bin, long count) {
    hit[bin / Long.SIZE] |= 1L << bin;
    counts[bin] += count;
    total += count;
  }

  void forEach(BinVisitor visitor) {
    for (int i = 0; i < hit.length; i++) {
      for (long bits = hit[i]; bits != 0; bits &= bits - 1) {
        int bin = i * Long.SIZE + Long.numberOfTrailingZeros(bits);
        visitor.visit(bin, counts[bin]);
      }
    }
  }

  /** The mean of the natural logarithms of all values; values below 1 ns count as 1. */
  double meanLog() {
    double[] sum = {0};
    forEach(
        (bin, count) -> sum[0] += count * Math.log((double) Math.max(1, LatencyBins.middle(bin))));
    return sum[0] / total;
  }

  /**
   * Reads values in one pass: for each share, in rising order, the smallest value that at least
   * this share of all do not exceed. Returns the mean. All in nanoseconds.
   */
  double read(double[] shares, long[] nanos) {
    Arrays.fill(nanos, 0);
    double sum = 0;
    long seen = 0;
    int next = 0;
    long rank = rank(shares[0]);
    for (int i = 0; i < hit.length; i++) {
      for (long bits = hit[i]; bits != 0; bits &= bits - 1) {
        int bin = i * Long.SIZE + Long.numberOfTrailingZeros(bits);
        long middle = LatencyBins.middle(bin);
        sum += (double) counts[bin] * middle;
        seen += counts[bin];
        while (seen >= rank) {
          nanos[next++] = middle;
          rank = next < shares.length ? rank(shares[next]) : Long.MAX_VALUE;
        }
      }
    }
    return total == 0 ? 0 : sum / total;
  }

  private long rank(double share) {
    return Math.max(1, (long) Math.ceil(share * total));
  }
}
