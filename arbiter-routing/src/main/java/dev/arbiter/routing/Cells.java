/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** Successes and outcomes for pairs of row and task type, in one open-addressing table. */
final class Cells {
  /*
   * A pair that is not in the table has no outcomes. When the table is as large as it may be, new
   * pairs are not kept: their type's own average still counts, only the agent's deviation from it
   * does not. Resetting a row raises its era, which makes all its pairs stale at once.
   */
  private static final int MOST = 1 << 20;
  private static final long EMPTY = -1;

  private long[] keys = new long[64];
  private int[] eras = new int[64];
  private double[] successes = new double[64];
  private double[] outcomes = new double[64];
  private int size;

  Cells() {
    Arrays.fill(keys, EMPTY);
  }

  /** Where a pair is, or -1. */
  int find(int row, int type, int era) {
    long key = key(row, type);
    int mask = keys.length - 1;
    for (int at = slot(key, mask); keys[at] != EMPTY; at = (at + 1) & mask) {
      if (keys[at] == key) {
        return eras[at] == era ? at : -1;
      }
    }
    return -1;
  }

  /** Where a pair is, made if need be; -1 if there is no room. */
  int findOrAdd(int row, int type, int era) {
    if (2 * size >= keys.length && keys.length < 2 * MOST) {
      resize();
    }
    long key = key(row, type);
    int mask = keys.length - 1;
    int at = slot(key, mask);
    while (keys[at] != EMPTY && keys[at] != key) {
      at = (at + 1) & mask;
    }
    if (keys[at] == EMPTY) {
      if (size >= MOST) {
        return -1;
      }
      size++;
      keys[at] = key;
      eras[at] = era - 1;
    }
    if (eras[at] != era) {
      eras[at] = era;
      successes[at] = 0;
      outcomes[at] = 0;
    }
    return at;
  }

  double successes(int at) {
    return successes[at];
  }

  double outcomes(int at) {
    return outcomes[at];
  }

  void add(int at, double success, double outcome) {
    outcomes[at] += outcome;
    successes[at] = Math.max(0, Math.min(outcomes[at], successes[at] + success));
  }

  /** Multiplies every pair of a row. */
  void scale(int row, double factor) {
    for (int at = 0; at < keys.length; at++) {
      if (keys[at] != EMPTY && keys[at] >>> 32 == row) {
        successes[at] *= factor;
        outcomes[at] *= factor;
      }
    }
  }

  private void resize() {
    long[] oldKeys = keys;
    int[] oldEras = eras;
    double[] oldSuccesses = successes;
    double[] oldOutcomes = outcomes;
    int length = 2 * oldKeys.length;
    keys = new long[length];
    eras = new int[length];
    successes = new double[length];
    outcomes = new double[length];
    Arrays.fill(keys, EMPTY);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int at = slot(oldKeys[i], length - 1);
        while (keys[at] != EMPTY) {
          at = (at + 1) & (length - 1);
        }
        keys[at] = oldKeys[i];
        eras[at] = oldEras[i];
        successes[at] = oldSuccesses[i];
        outcomes[at] = oldOutcomes[i];
      }
    }
  }

  private static long key(int row, int type) {
    return (long) row << 32 | type;
  }

  private static int slot(long key, int mask) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & mask;
  }
}
