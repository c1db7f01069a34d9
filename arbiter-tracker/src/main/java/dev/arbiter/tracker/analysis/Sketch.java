/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** Moments and percentiles of non-negative values in bounded memory. Not thread-safe. */
final class Sketch {
  /*
   * Bins grow by 2 %, so a percentile is within 1 % of a value that occurred. They are one run of
   * counters from the lowest to the highest hit. If that run would exceed 1,024, a factor of 600
   * million, lower values count in the lowest bin.
   */
  private static final double LOG_GROWTH = Math.log(1.02);
  private static final int LONGEST = 1024;
  private static final double SMALLEST = 1e-12;

  private int[] counts = {};
  private int first;
  private long zeros;
  private long n;
  private double mean;
  private double squares;
  private double min = Double.POSITIVE_INFINITY;
  private double max = Double.NEGATIVE_INFINITY;

  void add(double value) {
    n++;
    double delta = value - mean;
    mean += delta / n;
    squares += delta * (value - mean);
    min = Math.min(min, value);
    max = Math.max(max, value);
    if (value < SMALLEST) {
      zeros++;
    } else {
      count((int) Math.floor(Math.log(value) / LOG_GROWTH), 1);
    }
  }

  void add(Sketch other) {
    if (other.n == 0) {
      return;
    }
    double delta = other.mean - mean;
    squares += other.squares + delta * delta * n * other.n / (n + other.n);
    mean += delta * other.n / (n + other.n);
    n += other.n;
    zeros += other.zeros;
    min = Math.min(min, other.min);
    max = Math.max(max, other.max);
    for (int i = 0; i < other.counts.length; i++) {
      if (other.counts[i] > 0) {
        count(other.first + i, other.counts[i]);
      }
    }
  }

  private void count(int bucket, int times) {
    if (counts.length == 0) {
      first = bucket;
      counts = new int[1];
    }
    int from = Math.min(first, bucket);
    int to = Math.max(first + counts.length, bucket + 1);
    from = Math.max(from, to - LONGEST);
    if (from != first || to != first + counts.length) {
      move(from, to);
    }
    int index = Math.max(0, bucket - first);
    counts[index] = (int) Math.min(Integer.MAX_VALUE, (long) counts[index] + times);
  }

  private void move(int from, int to) {
    int[] moved = new int[to - from];
    for (int i = 0; i < counts.length; i++) {
      moved[Math.max(0, first + i - from)] += counts[i];
    }
    counts = moved;
    first = from;
  }

  long samples() {
    return n;
  }

  double mean() {
    return mean;
  }

  double deviation() {
    return n < 2 ? 0 : Math.sqrt(squares / (n - 1));
  }

  double min() {
    return min;
  }

  double max() {
    return max;
  }

  /** The smallest value that at least the share of all do not exceed, within 1 %. */
  double percentile(double share) {
    long rank = Math.max(1, (long) Math.ceil(share * n));
    if (rank >= n) {
      return max;
    }
    long seen = zeros;
    if (seen >= rank) {
      return Math.max(0, min);
    }
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= rank) {
        double middle = Math.exp((first + i + 0.5) * LOG_GROWTH);
        return Math.max(min, Math.min(max, middle));
      }
    }
    return max;
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeLong(n);
    out.writeLong(zeros);
    out.writeDouble(mean);
    out.writeDouble(squares);
    out.writeDouble(min);
    out.writeDouble(max);
    out.writeInt(first);
    out.writeShort(counts.length);
    for (int count : counts) {
      out.writeInt(count);
    }
  }

  static Sketch readFrom(DataInputStream in) throws IOException {
    Sketch sketch = new Sketch();
    sketch.n = in.readLong();
    sketch.zeros = in.readLong();
    sketch.mean = in.readDouble();
    sketch.squares = in.readDouble();
    sketch.min = in.readDouble();
    sketch.max = in.readDouble();
    sketch.first = in.readInt();
    sketch.counts = new int[in.readUnsignedShort()];
    for (int i = 0; i < sketch.counts.length; i++) {
      sketch.counts[i] = in.readInt();
    }
    return sketch;
  }

  @Override
  public String toString() {
    return n + " values, " + Arrays.stream(counts).filter(count -> count > 0).count() + " buckets";
  }
}
