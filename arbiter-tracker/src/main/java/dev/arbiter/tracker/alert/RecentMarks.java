/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.Arrays;

/** The last attempts of one agent, as marks in [0,1]. Not thread-safe. */
final class RecentMarks {
  /*
   * Sums run from the newest attempt backwards, at lengths that grow by the square root of two: a
   * sudden change shows in the shortest, a small one needs the longest. Attempts older than the span
   * are not recent: they can end an anomaly and begin none. Age counts in both directions, so that a
   * clock step of an hour back does not keep older attempts recent for an hour.
   */
  /** Longer than the multiple of the usual median. */
  static final int SLOW = 0;

  /** Longer than the multiple of the usual 95th percentile. */
  static final int SLOW_TAIL = 1;

  /** Longer than is good enough for a spike to be over. */
  static final int ABOVE = 2;

  /** The work was not accepted. */
  static final int FAILED = 3;

  /** 1 minus the quality. */
  static final int LOSS = 4;

  static final int MARKS = 5;
  private static final int LONGEST = 16;

  private final long spanMillis;
  private final int[] lengths;
  private final long[] at;
  private final float[] millis;
  private final float[] loss;
  private final byte[] flags;
  private final double[] sums = new double[MARKS];
  private int newest = -1;
  private int size;

  /** Receives sums over recent attempts; returns whether it has seen enough. */
  interface Look {
    boolean at(int length, boolean recent, double[] sums);
  }

  RecentMarks(int shortest, long spanMillis) {
    this.spanMillis = spanMillis;
    this.lengths = lengths(shortest);
    int capacity = LONGEST * shortest;
    this.at = new long[capacity];
    this.millis = new float[capacity];
    this.loss = new float[capacity];
    this.flags = new byte[capacity];
  }

  /** Lengths from the shortest, in factors of about 1.4, to sixteen times the shortest. */
  static int[] lengths(int shortest) {
    int[] lengths = new int[9];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = (int) (shortest * Math.pow(2, i / 2.0));
    }
    return lengths;
  }

  void add(long when, float time, double lost, int marks) {
    newest = (newest + 1) % at.length;
    size = Math.min(size + 1, at.length);
    at[newest] = when;
    millis[newest] = time;
    loss[newest] = (float) lost;
    flags[newest] = (byte) marks;
  }

  /** Passes the sums of marks for each length, shortest first, and whether all of it is recent. */
  void look(Look look) {
    Arrays.fill(sums, 0);
    int next = 0;
    boolean recent = true;
    for (int i = 0; i < size; i++) {
      int slot = Math.floorMod(newest - i, at.length);
      recent &= Math.abs(at[newest] - at[slot]) <= spanMillis;
      addMarks(slot, sums);
      if (i + 1 == lengths[next]) {
        if (look.at(i + 1, recent, sums)) {
          return;
        }
        next++;
      }
    }
  }

  /** Adds the marks of the newest attempt. */
  void addNewest(double[] to) {
    addMarks(newest, to);
  }

  private void addMarks(int slot, double[] to) {
    for (int mark = 0; mark < LOSS; mark++) {
      to[mark] += flags[slot] >> mark & 1;
    }
    to[LOSS] += loss[slot];
  }

  /** How many attempts a look passes at most. */
  int longest() {
    return at.length;
  }

  /** The last so many times, sorted. */
  float[] sortedMillis(int length) {
    float[] sorted = new float[length];
    for (int i = 0; i < length; i++) {
      sorted[i] = millis[Math.floorMod(newest - i, at.length)];
    }
    Arrays.sort(sorted);
    return sorted;
  }
}
