/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import java.util.Arrays;

/** A few sums of every agent, side by side in one array; all are 0 at first. */
public class RowSums {
  private final int width;
  private double[] cells = {};

  /** Keeps as many sums of every agent. */
  public RowSums(int width) {
    this.width = width;
  }

  /** Makes room for rows 0 to count - 1. */
  public void rows(int count) {
    cells = grown(cells, count * width, 0);
  }

  /**
   * An array of at least a length: this one, or a copy twice as long whose new cells are filled.
   */
  public static double[] grown(double[] cells, int length, double fill) {
    if (length <= cells.length) {
      return cells;
    }
    double[] longer = Arrays.copyOf(cells, Math.max(length, 2 * cells.length));
    if (fill != 0) {
      Arrays.fill(longer, cells.length, longer.length, fill);
    }
    return longer;
  }

  /** The same for counts, filled with 0. */
  public static long[] grown(long[] cells, int length) {
    return length <= cells.length
        ? cells
        : Arrays.copyOf(cells, Math.max(length, 2 * cells.length));
  }

  /** One sum of an agent. */
  public final double get(int row, int sum) {
    return cells[row * width + sum];
  }

  /** Sets one sum of an agent. */
  public final void set(int row, int sum, double value) {
    cells[row * width + sum] = value;
  }

  /** Adds to one sum of an agent. */
  public final void add(int row, int sum, double amount) {
    cells[row * width + sum] += amount;
  }

  /** Adds sums of an agent from another router; none falls below 0. */
  public final void add(int row, double[] change) {
    for (int i = 0; i < width; i++) {
      set(row, i, Math.max(0, get(row, i) + change[i]));
    }
  }

  /** All sums of an agent. */
  public final double[] sums(int row) {
    return Arrays.copyOfRange(cells, row * width, (row + 1) * width);
  }

  /** Forgets an agent. */
  public void forget(int row) {
    Arrays.fill(cells, row * width, (row + 1) * width, 0);
  }
}
