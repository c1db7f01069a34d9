/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.time.Duration;
import java.util.Arrays;

/** Adds histograms up and reads percentiles off the sum; used again and again, not thread-safe. */
final class Percentiles {
  private final long[] counts = new long[Histogram.PAGES * Histogram.BUCKETS];
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

  /** The arithmetic mean. */
  Duration mean() {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) counts[i] * Histogram.middle(i / Histogram.BUCKETS, i % Histogram.BUCKETS);
    }
    return total == 0 ? Duration.ZERO : Duration.ofNanos((long) (sum / total));
  }

  /** The smallest value that at least the given share of all values do not exceed. */
  Duration at(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * total));
    long seen = 0;
    for (int i = from; i < to; i++) {
      seen += counts[i];
      if (seen >= rank) {
        long nanos = Histogram.middle(i / Histogram.BUCKETS, i % Histogram.BUCKETS);
        return Duration.ofNanos(nanos);
      }
    }
    return Duration.ZERO;
  }
}
