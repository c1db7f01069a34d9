/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** Sums of each agent at each type of task: rewards, outcomes, claims that were not checked. */
public final class TypeRecords {
  /*
   * Records lie in pages of 32 agents. A page is made when one of the 32 has its first outcome at a
   * category. Past the cap on pages the category asked for longest ago loses its pages; its agents
   * are judged by their overall record again.
   *
   * An agent's records fade at all categories at once. So pages hold values divided by the agent's
   * scale, and only the scale shrinks. Before the scale gets too small it is multiplied in. Work
   * over all categories of an agent visits those it was seen at, and no others. A record that fades
   * to nothing, or that other routers take away, is dropped.
   */
  private static final int PAGE_BITS = 5;
  private static final int PAGE = 1 << PAGE_BITS;

  /** How many sums there are of an agent at a category. */
  public static final int CELLS = 3;

  private static final double SMALLEST_SCALE = 1e-6;
  private static final double[] NO_PAGE = {};
  private static final double[][] NO_PAGES = {};

  private final int mostPages;
  private final IntConsumer dropped;
  private int pageCount;
  private long[] used = new long[0];
  private double[][][] pages = new double[0][][];
  private double[] scales = new double[0];
  private final SeenTypes seen = new SeenTypes();

  /**
   * Keeps at most as many pages.
   *
   * @param dropped called with a category that lost its pages
   */
  public TypeRecords(int mostPages, IntConsumer dropped) {
    this.mostPages = mostPages;
    this.dropped = dropped;
  }

  /** Makes room for rows 0 to count - 1. */
  public void rows(int count) {
    seen.rows(count);
    scales = RowSums.grown(scales, count, 1);
  }

  /** One more than the highest category with an outcome. */
  public int categories() {
    return pages.length;
  }

  /** The categories an agent was seen at; an array that never changes. */
  public int[] seen(int row) {
    return seen.of(row);
  }

  /** The pages of a category, which is marked as asked for now. */
  public double[][] pages(int category, long now) {
    if (category >= pages.length) {
      return NO_PAGES;
    }
    used[category] = now;
    return pages[category];
  }

  /** The pages of a category, which is not marked. */
  public double[][] pages(int category) {
    return category < pages.length ? pages[category] : NO_PAGES;
  }

  /** Whether an agent, and its neighbours, have no record at a category. */
  public static boolean isEmpty(double[][] pages, int row) {
    return pageOf(pages, row).length == 0;
  }

  /** Rewards of an agent at a category. */
  public double rewards(double[][] pages, int row) {
    double[] page = pageOf(pages, row);
    return page.length == 0 ? 0 : page[cell(row)] * scales[row];
  }

  /** Outcomes of an agent at a category. */
  public double count(double[][] pages, int row) {
    double[] page = pageOf(pages, row);
    return page.length == 0 ? 0 : page[cell(row) + 1] * scales[row];
  }

  private static int cell(int row) {
    return CELLS * (row & (PAGE - 1));
  }

  private static double[] pageOf(double[][] pages, int row) {
    int index = row >> PAGE_BITS;
    return index < pages.length ? pages[index] : NO_PAGE;
  }

  /** Adds an outcome; the agent's earlier ones fade at all categories. */
  public void add(
      int category, int row, double keep, double reward, double weight, double unchecked) {
    ensure(category);
    scales[row] *= keep;
    if (scales[row] < SMALLEST_SCALE) {
      rescale(row, scales[row]);
      scales[row] = 1;
    }
    double[] page = page(category, row);
    int at = cell(row);
    if (page[at + 1] == 0) {
      seen.add(row, category);
    }
    page[at] += weight * reward / scales[row];
    page[at + 1] += weight / scales[row];
    page[at + 2] += weight * unchecked / scales[row];
  }

  /** Rewards, outcomes and unchecked claims of an agent at a category; empty if there are none. */
  public double[] sums(int category, int row) {
    double[] page = category < pages.length ? pageOf(pages[category], row) : NO_PAGE;
    if (page.length == 0 || page[cell(row) + 1] == 0) {
      return NO_PAGE;
    }
    double[] sums = Arrays.copyOfRange(page, cell(row), cell(row) + CELLS);
    for (int i = 0; i < CELLS; i++) {
      sums[i] *= scales[row];
    }
    return sums;
  }

  /** Adds sums to those of an agent; none falls below zero, and without outcomes none is left. */
  public void add(int category, int row, double[] change) {
    ensure(category);
    double[] page = page(category, row);
    int at = cell(row);
    if (page[at + 1] == 0) {
      seen.add(row, category);
    }
    page[at + 1] = Math.max(0, page[at + 1] + change[1] / scales[row]);
    page[at] = Math.max(0, page[at] + change[0] / scales[row]);
    page[at + 2] = Math.max(0, page[at + 2] + change[2] / scales[row]);
    dropIfFaded(category, row, page);
  }

  /** An agent's claims are believed by so much more, at all categories. */
  public void revalue(int row, double more) {
    for (int category : seen.of(row)) {
      double[] page = pageOf(pages[category], row);
      page[cell(row)] += more * page[cell(row) + 2];
    }
  }

  /** Forgets an agent. */
  public void forget(int row) {
    for (int category : seen.of(row)) {
      Arrays.fill(pageOf(pages[category], row), cell(row), cell(row) + CELLS, 0);
    }
    scales[row] = 1;
    seen.clear(row);
  }

  /** Multiplies the scale of an agent into its sums, which are the same afterwards. */
  public void unscale(int row) {
    rescale(row, scales[row]);
    scales[row] = 1;
  }

  private void rescale(int row, double factor) {
    for (int category : seen.of(row)) {
      double[] page = pageOf(pages[category], row);
      for (int at = cell(row); at < cell(row) + CELLS; at++) {
        page[at] *= factor;
      }
      dropIfFaded(category, row, page);
    }
  }

  private void dropIfFaded(int category, int row, double[] page) {
    int at = cell(row);
    if (page[at + 1] < Double.MIN_NORMAL) {
      Arrays.fill(page, at, at + CELLS, 0);
      seen.remove(row, category);
    }
  }

  private void ensure(int category) {
    if (category >= pages.length) {
      int before = pages.length;
      int length = Math.max(category + 1, 2 * before);
      used = Arrays.copyOf(used, length);
      pages = Arrays.copyOf(pages, length);
      Arrays.fill(pages, before, length, NO_PAGES);
    }
  }

  private double[] page(int category, int row) {
    double[] known = pageOf(pages[category], row);
    if (known.length > 0) {
      return known;
    }
    if (pageCount >= mostPages) {
      dropOldest(category);
    }
    int index = row >> PAGE_BITS;
    if (index >= pages[category].length) {
      int before = pages[category].length;
      pages[category] = Arrays.copyOf(pages[category], index + 1);
      Arrays.fill(pages[category], before, index + 1, NO_PAGE);
    }
    double[] page = new double[CELLS * PAGE];
    pages[category][index] = page;
    pageCount++;
    return page;
  }

  private void dropOldest(int butNot) {
    int oldest = -1;
    for (int c = 0; c < pages.length; c++) {
      if (c != butNot && pages[c].length > 0 && (oldest < 0 || used[c] < used[oldest])) {
        oldest = c;
      }
    }
    if (oldest < 0) {
      oldest = butNot;
    }
    drop(oldest);
  }

  /** Forgets a category. */
  public void drop(int category) {
    if (category >= pages.length) {
      return;
    }
    for (int index = 0; index < pages[category].length; index++) {
      if (pages[category][index].length > 0) {
        pageCount--;
        unsee(category, index);
      }
    }
    pages[category] = NO_PAGES;
    dropped.accept(category);
  }

  private void unsee(int category, int index) {
    int first = index << PAGE_BITS;
    for (int row = first; row < Math.min(first + PAGE, scales.length); row++) {
      seen.remove(row, category);
    }
  }

  /** The categories at which each agent has a record, in the order of its first outcomes there. */
  private static final class SeenTypes {
    private static final int[] NONE = {};

    private int[][] types = new int[0][];

    void rows(int count) {
      if (count > types.length) {
        int before = types.length;
        types = Arrays.copyOf(types, Math.max(count, 2 * before));
        Arrays.fill(types, before, types.length, NONE);
      }
    }

    int[] of(int row) {
      return types[row];
    }

    void add(int row, int type) {
      if (indexOf(row, type) < 0) {
        int count = types[row].length;
        types[row] = Arrays.copyOf(types[row], count + 1);
        types[row][count] = type;
      }
    }

    void remove(int row, int type) {
      int index = indexOf(row, type);
      if (index >= 0) {
        int last = types[row].length - 1;
        int[] rest = Arrays.copyOf(types[row], last);
        if (index < last) {
          rest[index] = types[row][last];
        }
        types[row] = rest;
      }
    }

    void clear(int row) {
      types[row] = NONE;
    }

    private int indexOf(int row, int type) {
      for (int i = 0; i < types[row].length; i++) {
        if (types[row][i] == type) {
          return i;
        }
      }
      return -1;
    }
  }
}
