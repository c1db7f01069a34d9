/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import java.nio.ByteBuffer;

/**
 * Tells whether comparing two contents line by line takes long.
 *
 * <p>Walks the edit graph of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations",
 * Algorithmica 1 (1986), forward only, and gives up after so many steps. Only the number of steps
 * counts, so the answer is the same on every machine. Costs at most some 50 ms and 20 MB.
 */
final class DiffCost {
  private static final int MOST_LINES = 1_000_000;
  private static final long MOST_STEPS = 20_000_000;
  private static final int FURTHEST = 6_400; // so many differences take all steps
  private static final long FEW = 1_000_000; // for so many pairs of lines any way is quick

  private final ContentLines old;
  private final ContentLines fresh;
  private int oldFrom;
  private int newFrom;
  private int oldTo;
  private int newTo;
  private long oldLines;
  private long newLines;

  DiffCost(ContentLines old, ContentLines fresh) {
    this.old = old;
    this.fresh = fresh;
    this.oldTo = old.content().length;
    this.newTo = fresh.content().length;
    this.oldLines = old.count();
    this.newLines = fresh.count();
    skipEqualStart();
    skipEqualEnd();
  }

  /** How many old lines there are from the first to the last difference. */
  long oldLines() {
    return oldLines;
  }

  /** How many new lines there are from the first to the last difference. */
  long newLines() {
    return newLines;
  }

  boolean isBearable() {
    if (oldLines * newLines <= FEW && oldLines + newLines <= MOST_LINES) {
      return true;
    }
    return oldLines + newLines <= MOST_LINES
        && isNear(hashes(old, oldFrom, (int) oldLines), hashes(fresh, newFrom, (int) newLines));
  }

  private void skipEqualStart() {
    while (oldLines > 0 && newLines > 0) {
      int oldEnd = old.endOfLine(oldFrom);
      int newEnd = fresh.endOfLine(newFrom);
      if (!isSame(oldFrom, oldEnd, newFrom, newEnd)) {
        return;
      }
      oldFrom = oldEnd;
      newFrom = newEnd;
      oldLines--;
      newLines--;
    }
  }

  private void skipEqualEnd() {
    while (oldLines > 0 && newLines > 0) {
      int oldStart = old.startOfLine(oldTo);
      int newStart = fresh.startOfLine(newTo);
      if (!isSame(oldStart, oldTo, newStart, newTo)) {
        return;
      }
      oldTo = oldStart;
      newTo = newStart;
      oldLines--;
      newLines--;
    }
  }

  private boolean isSame(int oldStart, int oldEnd, int newStart, int newEnd) {
    ByteBuffer one = ByteBuffer.wrap(old.content(), oldStart, oldEnd - oldStart);
    return one.equals(ByteBuffer.wrap(fresh.content(), newStart, newEnd - newStart));
  }

  private static long[] hashes(ContentLines lines, int from, int count) {
    long[] hashes = new long[count];
    byte[] content = lines.content();
    int at = from;
    for (int i = 0; i < count; i++) {
      int end = lines.endOfLine(at);
      long hash = 0xCBF29CE484222325L; // FNV-1a
      for (int j = at; j < end; j++) {
        hash = (hash ^ content[j]) * 0x100000001B3L;
      }
      hashes[i] = hash;
      at = end;
    }
    return hashes;
  }

  /** Whether so many steps lead to the end; reach has the furthest old line of each diagonal. */
  private static boolean isNear(long[] a, long[] b) {
    int furthest = (int) Math.min((long) a.length + b.length, FURTHEST);
    int[] reach = new int[2 * furthest + 3];
    int middle = furthest + 1;
    long steps = 0;
    for (int d = 0; d <= furthest && steps <= MOST_STEPS; d++) {
      for (int k = -d; k <= d; k += 2) {
        boolean down = k == -d || (k != d && reach[middle + k - 1] < reach[middle + k + 1]);
        int x = down ? reach[middle + k + 1] : reach[middle + k - 1] + 1;
        while (x < a.length && x - k < b.length && a[x] == b[x - k]) {
          x++;
          steps++;
        }
        reach[middle + k] = x;
        if (x >= a.length && x - k >= b.length) {
          return true;
        }
      }
      steps += d;
    }
    return false;
  }
}
