/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** Which rows of a policy changed last, for boards to follow. */
final class ChangeLog {
  private static final int REACH = 1 << 12;

  private final int[] rows = new int[REACH];
  private long end;

  void add(int row) {
    rows[(int) end & (REACH - 1)] = row;
    end++;
  }

  /** Whoever follows must read all rows. */
  void addAll() {
    end += REACH + 1;
  }

  /** How many changes there were so far. */
  long end() {
    return end;
  }

  /** Whether all changes from a number on are still known. */
  boolean reaches(long from) {
    return end - from <= REACH;
  }

  /** The row of a change by its number. */
  int row(long change) {
    return rows[(int) change & (REACH - 1)];
  }
}
