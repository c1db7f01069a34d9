/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import java.util.Arrays;

/** Decisions without an outcome, up to a number; past it the oldest is forgotten. */
public final class PendingDecisions {
  /*
   * Open addressing over parallel arrays, at most half full, so that a hundred thousand
   * outstanding decisions take a few megabytes and no objects. Ids only grow, so a cursor that
   * passes each id once finds the oldest.
   */
  private static final int FIRST_SIZE = 64;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** The failed row of a first choice. */
  public static final int FIRST_CHOICE = -2;

  private final int most;
  private long[] ids = new long[FIRST_SIZE];
  private int[] rows = new int[FIRST_SIZE];
  private int[] categories = new int[FIRST_SIZE];
  private int[] failedRows = new int[FIRST_SIZE];
  private float[] claims = new float[FIRST_SIZE];
  private float[] costs = new float[FIRST_SIZE];
  private int size;
  private long oldest;

  public PendingDecisions(int most) {
    this.most = most;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /**
   * Adds a decision; forgets the oldest when there are too many. Ids are above 0 and grow.
   *
   * @param cost the expected cost
   * @return the expected cost of a decision that was forgotten, or 0
   */
  public float add(long id, int row, int category, int failedRow, float claim, float cost) {
    float forgotten = 0;
    if (size == 0) {
      oldest = id;
    } else if (size >= most) {
      forgotten = forgetOldest();
    }
    if (2 * (size + 1) > ids.length) {
      grow();
    }
    put(id, row, category, failedRow, claim, cost);
    size++;
    return forgotten;
  }

  /** The place of a decision, valid until the next change; -1 if there is none. */
  public int find(long id) {
    if (id <= 0) {
      return -1;
    }
    for (int at = home(id); ids[at] != 0; at = next(at)) {
      if (ids[at] == id) {
        return at;
      }
    }
    return -1;
  }

  /** The chosen agent. */
  public int row(int at) {
    return rows[at];
  }

  /** The type of the task. */
  public int category(int at) {
    return categories[at];
  }

  /** The agent that failed before, -1 if unknown, {@link #FIRST_CHOICE} for none. */
  public int failedRow(int at) {
    return failedRows[at];
  }

  /** The level the agent declared. */
  public float claim(int at) {
    return claims[at];
  }

  /** The expected cost. */
  public float cost(int at) {
    return costs[at];
  }

  /** Removes the decision at a place, and closes the gap that other searches would stop at. */
  public void remove(int found) {
    int gap = found;
    for (int at = next(gap); ids[at] != 0; at = next(at)) {
      int distance = (at - home(ids[at])) & (ids.length - 1);
      if (distance >= ((at - gap) & (ids.length - 1))) {
        copy(at, gap);
        gap = at;
      }
    }
    ids[gap] = 0;
    size--;
  }

  private float forgetOldest() {
    int at = find(oldest);
    while (at < 0) {
      oldest++;
      at = find(oldest);
    }
    float cost = costs[at];
    remove(at);
    return cost;
  }

  private void put(long id, int row, int category, int failedRow, float claim, float cost) {
    int at = home(id);
    while (ids[at] != 0) {
      at = next(at);
    }
    ids[at] = id;
    rows[at] = row;
    categories[at] = category;
    failedRows[at] = failedRow;
    claims[at] = claim;
    costs[at] = cost;
  }

  private void copy(int from, int to) {
    ids[to] = ids[from];
    rows[to] = rows[from];
    categories[to] = categories[from];
    failedRows[to] = failedRows[from];
    claims[to] = claims[from];
    costs[to] = costs[from];
  }

  private void grow() {
    long[] oldIds = ids;
    int[] oldRows = rows;
    int[] oldCategories = categories;
    int[] oldFailedRows = failedRows;
    float[] oldClaims = claims;
    float[] oldCosts = costs;
    int length = 2 * oldIds.length;
    ids = new long[length];
    rows = Arrays.copyOf(oldRows, length);
    categories = Arrays.copyOf(oldCategories, length);
    failedRows = Arrays.copyOf(oldFailedRows, length);
    claims = Arrays.copyOf(oldClaims, length);
    costs = Arrays.copyOf(oldCosts, length);
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] != 0) {
        put(oldIds[i], oldRows[i], oldCategories[i], oldFailedRows[i], oldClaims[i], oldCosts[i]);
      }
    }
  }

  private int home(long id) {
    return (int) ((id * GOLDEN) >>> 32) & (ids.length - 1);
  }

  private int next(int at) {
    return (at + 1) & (ids.length - 1);
  }
}
