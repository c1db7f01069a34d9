/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import java.util.Arrays;

/** Decisions without an outcome, up to a number; past it the oldest is forgotten. */
public final class PendingDecisions {
  /*
   * Open addressing over parallel arrays, at most half full: a hundred thousand outstanding decisions
   * take some ten megabytes and no objects. Ids only grow, so a cursor that passes each id once finds
   * the oldest.
   */
  private static final int FIRST_SIZE = 64;
  private static final int NUMBERS = 5;
  private static final int AMOUNTS = 3;
  private static final float RELEASED = -1;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** The failed row of a first choice. */
  public static final int FIRST_CHOICE = -2;

  private final int most;
  private long[] ids = new long[FIRST_SIZE];
  /* Row, category, failed row, period and second; claim, cost and deviation. */
  private int[] numbers = new int[NUMBERS * FIRST_SIZE];
  private float[] amounts = new float[AMOUNTS * FIRST_SIZE];
  private int size;
  private long oldest;

  public PendingDecisions(int most) {
    this.most = most;
  }

  /** How many there are. */
  public int size() {
    return size;
  }

  /** Whether the next decision needs the place of the oldest. */
  public boolean isFull() {
    return size >= most;
  }

  /** Adds a decision. Ids are above 0 and grow. */
  public void add(long id, int row, int category, int failedRow, float claim) {
    if (size == 0) {
      oldest = id;
    } else if (isFull()) {
      remove(oldest());
    }
    if (2 * (size + 1) > ids.length) {
      grow();
    }
    int at = free(id);
    ids[at] = id;
    numbers[NUMBERS * at] = row;
    numbers[NUMBERS * at + 1] = category;
    numbers[NUMBERS * at + 2] = failedRow;
    numbers[NUMBERS * at + 3] = 0;
    numbers[NUMBERS * at + 4] = 0;
    amounts[AMOUNTS * at] = claim;
    amounts[AMOUNTS * at + 1] = 0;
    amounts[AMOUNTS * at + 2] = 0;
    size++;
  }

  /** Notes what the decision of an id holds of the money of a period, and since when. */
  public void hold(long id, float cost, float deviation, int period, int second) {
    int at = find(id);
    amounts[AMOUNTS * at + 1] = cost;
    amounts[AMOUNTS * at + 2] = deviation;
    numbers[NUMBERS * at + 3] = period;
    numbers[NUMBERS * at + 4] = second;
  }

  /** Notes that the decision at a place holds nothing any more. */
  public void release(int at) {
    amounts[AMOUNTS * at + 2] = RELEASED;
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

  /** The ids of all, in their order. */
  public long[] inOrder() {
    return Arrays.stream(ids).filter(id -> id != 0).sorted().toArray();
  }

  /** The chosen agent. */
  public int row(int at) {
    return numbers[NUMBERS * at];
  }

  /** The type of the task. */
  public int category(int at) {
    return numbers[NUMBERS * at + 1];
  }

  /**
   * The agent that failed before, -1 if unknown, {@link #FIRST_CHOICE} for none; the agent itself
   * if it joined others at work.
   */
  public int failedRow(int at) {
    return numbers[NUMBERS * at + 2];
  }

  /** The level the agent declared. */
  public float claim(int at) {
    return amounts[AMOUNTS * at];
  }

  /** The expected cost. */
  public float cost(int at) {
    return amounts[AMOUNTS * at + 1];
  }

  /** The deviation of the expected cost. */
  public float deviation(int at) {
    return amounts[AMOUNTS * at + 2];
  }

  /** Whether the decision was {@link #release released}. */
  public boolean isReleased(int at) {
    return deviation(at) == RELEASED;
  }

  /** The period of spending. */
  public int period(int at) {
    return numbers[NUMBERS * at + 3];
  }

  /** The second in which it was decided. */
  public int second(int at) {
    return numbers[NUMBERS * at + 4];
  }

  /** Removes the decision at a place, and closes the gap that other searches would stop at. */
  public void remove(int found) {
    int gap = found;
    for (int at = next(gap); ids[at] != 0; at = next(at)) {
      int distance = (at - home(ids[at])) & (ids.length - 1);
      if (distance >= ((at - gap) & (ids.length - 1))) {
        move(ids, numbers, amounts, at, gap);
        gap = at;
      }
    }
    ids[gap] = 0;
    size--;
  }

  /** The place of the oldest decision, of which there is one. */
  public int oldest() {
    int at = find(oldest);
    while (at < 0) {
      oldest++;
      at = find(oldest);
    }
    return at;
  }

  private int free(long id) {
    int at = home(id);
    while (ids[at] != 0) {
      at = next(at);
    }
    return at;
  }

  private void move(long[] fromIds, int[] fromNumbers, float[] fromAmounts, int from, int to) {
    ids[to] = fromIds[from];
    System.arraycopy(fromNumbers, NUMBERS * from, numbers, NUMBERS * to, NUMBERS);
    System.arraycopy(fromAmounts, AMOUNTS * from, amounts, AMOUNTS * to, AMOUNTS);
  }

  private void grow() {
    long[] oldIds = ids;
    int[] oldNumbers = numbers;
    float[] oldAmounts = amounts;
    ids = new long[2 * oldIds.length];
    numbers = new int[2 * oldNumbers.length];
    amounts = new float[2 * oldAmounts.length];
    for (int i = 0; i < oldIds.length; i++) {
      if (oldIds[i] != 0) {
        move(oldIds, oldNumbers, oldAmounts, i, free(oldIds[i]));
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
