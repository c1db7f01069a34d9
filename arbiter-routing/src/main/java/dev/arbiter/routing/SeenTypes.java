/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** Which types of task each agent has a record at, in the order in which it came to them. */
final class SeenTypes {
  private static final int[] NONE = {};

  private int[][] types = new int[0][];
  private int[] counts = new int[0];

  void rows(int count) {
    if (count > types.length) {
      int before = types.length;
      types = Arrays.copyOf(types, Math.max(count, 2 * before));
      Arrays.fill(types, before, types.length, NONE);
      counts = Arrays.copyOf(counts, types.length);
    }
  }

  int count(int row) {
    return counts[row];
  }

  /** The type an agent came to as the index-th. */
  int get(int row, int index) {
    return types[row][index];
  }

  int[] copy(int row) {
    return Arrays.copyOf(types[row], counts[row]);
  }

  void add(int row, int type) {
    if (indexOf(row, type) < 0) {
      if (counts[row] == types[row].length) {
        types[row] = Arrays.copyOf(types[row], Math.max(4, 2 * counts[row]));
      }
      types[row][counts[row]++] = type;
    }
  }

  void remove(int row, int type) {
    int index = indexOf(row, type);
    if (index >= 0) {
      types[row][index] = types[row][--counts[row]];
    }
  }

  void clear(int row) {
    types[row] = NONE;
    counts[row] = 0;
  }

  private int indexOf(int row, int type) {
    for (int i = 0; i < counts[row]; i++) {
      if (types[row][i] == type) {
        return i;
      }
    }
    return -1;
  }
}
