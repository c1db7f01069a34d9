/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** What is known of each agent at each type of task: rewards, outcomes, claims nobody checked. */
final class TypeRecords {
  /*
   * In pages of 32 agents that exist once one of the 32 had an outcome at a category. Past the cap
   * on pages the category that was asked for longest ago loses its pages, and its agents are judged
   * by their overall record again.
   *
   * An agent forgets in all its categories at once, so pages hold values divided by the agent's
   * scale, and the scale shrinks instead. Before it gets too small it is multiplied in. What
   * concerns all categories of an agent walks those it was seen at, and no others.
   */
  private static final int PAGE_BITS = 5;
  private static final int PAGE = 1 << PAGE_BITS;

  /** How many sums there are of an agent at a category. */
  static final int CELLS = 3;

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

  /** Tells which category lost its pages. */
  TypeRecords(int mostPages, IntConsumer dropped) {
    this.mostPages = mostPages;
    this.dropped = dropped;
  }

  void rows(int count) {
    seen.rows(count);
    if (count > scales.length) {
      int before = scales.length;
      scales = Arrays.copyOf(scales, Math.max(count, 2 * before));
      Arrays.fill(scales, before, scales.length, 1);
    }
  }

  /** One more than the highest category with an outcome. */
  int categories() {
    return pages.length;
  }

  /** At how many categories an agent was seen. */
  int seen(int row) {
    return seen.count(row);
  }

  /** The categories an agent was seen at. */
  int[] allSeen(int row) {
    return seen.copy(row);
  }

  /** The index-th category an agent was seen at. */
  int seen(int row, int index) {
    return seen.get(row, index);
  }

  /** Marks a category as asked for and returns its pages, to look agents up in. */
  double[][] pages(int category, long now) {
    if (category >= pages.length) {
      return NO_PAGES;
    }
    used[category] = now;
    return pages[category];
  }

  /** The pages of a category, which is not asked for. */
  double[][] pages(int category) {
    return category < pages.length ? pages[category] : NO_PAGES;
  }

  static boolean isEmpty(double[][] pages, int row) {
    return pageOf(pages, row).length == 0;
  }

  double rewards(double[][] pages, int row) {
    double[] page = pageOf(pages, row);
    return page.length == 0 ? 0 : page[cell(row)] * scales[row];
  }

  double count(double[][] pages, int row) {
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

  /** Adds an outcome, and lets what came before fade, at all categories. */
  void add(int category, int row, double keep, double reward, double weight, double unchecked) {
    ensure(category);
    scales[row] *= keep;
    if (scales[row] < SMALLEST_SCALE) {
      rescale(row, scales[row]);
      scales[row] = 1;
    }
    double[] page = page(category, row);
    int at = cell(row);
    see(category, row, page[at + 1]);
    page[at] += weight * reward / scales[row];
    page[at + 1] += weight / scales[row];
    page[at + 2] += weight * unchecked / scales[row];
  }

  private void see(int category, int row, double countBefore) {
    if (countBefore == 0) {
      seen.add(row, category);
    }
  }

  /** Rewards, outcomes and unchecked claims of an agent at a category; empty if there are none. */
  double[] sums(int category, int row) {
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

  /** Adds sums to those of an agent; none falls below zero. */
  void add(int category, int row, double[] change) {
    ensure(category);
    double[] page = page(category, row);
    int at = cell(row);
    see(category, row, page[at + 1]);
    page[at + 1] = Math.max(0, page[at + 1] + change[1] / scales[row]);
    page[at] = Math.min(page[at + 1], Math.max(0, page[at] + change[0] / scales[row]));
    page[at + 2] = Math.max(0, page[at + 2] + change[2] / scales[row]);
  }

  /** An agent's claims are believed by so much more, at all categories. */
  void revalue(int row, double more) {
    for (int i = 0; i < seen.count(row); i++) {
      double[] page = pageOf(pages[seen.get(row, i)], row);
      page[cell(row)] += more * page[cell(row) + 2];
    }
  }

  void forget(int row) {
    rescale(row, 0);
    scales[row] = 1;
    seen.clear(row);
  }

  private void rescale(int row, double factor) {
    for (int i = 0; i < seen.count(row); i++) {
      double[] page = pageOf(pages[seen.get(row, i)], row);
      for (int at = cell(row); at < cell(row) + CELLS; at++) {
        page[at] *= factor;
      }
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
    for (int index = 0; index < pages[oldest].length; index++) {
      if (pages[oldest][index].length > 0) {
        pageCount--;
        unsee(oldest, index);
      }
    }
    pages[oldest] = NO_PAGES;
    dropped.accept(oldest);
  }

  private void unsee(int category, int index) {
    int first = index << PAGE_BITS;
    for (int row = first; row < Math.min(first + PAGE, scales.length); row++) {
      seen.remove(row, category);
    }
  }
}
