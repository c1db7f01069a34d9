/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** How each type of task differs from the others, for everybody and for each agent. */
final class Offsets {
  /*
   * For each agent: rewards, outcomes and claims nobody checked, by category, in pages of 32 agents
   * that exist once one of the 32 had an outcome there. Past the cap on pages the category that was
   * asked for longest ago loses its pages, and its agents are judged by their overall record again.
   *
   * For everybody: by how much the rewards of a category exceed what its agents' records foretell,
   * summed over agents. It is a function of the agents' sums alone, whatever the order they came in,
   * so that routers that add their sums up agree on it. Whoever changes an agent's sums or record
   * takes its part out before, with lift, and puts it back after, with settle.
   *
   * An agent forgets in all its categories at once, so pages hold values divided by the agent's
   * scale, and the scale shrinks instead. Before it gets too small it is multiplied in.
   */
  private static final int PAGE_BITS = 5;
  private static final int PAGE = 1 << PAGE_BITS;

  /** How many sums there are of an agent at a type of task. */
  static final int CELLS = 3;

  private static final double SHARED_PRIOR = 10;
  private static final double OWN_PRIOR = 20;
  private static final double SMALLEST_SCALE = 1e-6;
  private static final double[] NO_PAGE = {};
  private static final double[][] NO_PAGES = {};

  private final Tally tally;
  private final int mostPages;
  private int pageCount;
  private double[] excess = new double[0];
  private double[] counts = new double[0];
  private long[] used = new long[0];
  private double[][][] pages = new double[0][][];
  private double[] scales = new double[0];

  Offsets(Tally tally, int mostPages) {
    this.tally = tally;
    this.mostPages = mostPages;
  }

  void rows(int count) {
    if (count > scales.length) {
      int before = scales.length;
      scales = Arrays.copyOf(scales, Math.max(count, 2 * before));
      Arrays.fill(scales, before, scales.length, 1);
    }
  }

  /** How much easier a category is than its agents' records say. */
  double shared(int category) {
    return category < counts.length ? excess[category] / (counts[category] + SHARED_PRIOR) : 0;
  }

  /** Marks a category as asked for and returns its pages, for {@link #own}. */
  double[][] pages(int category, long now) {
    if (category >= pages.length) {
      return NO_PAGES;
    }
    used[category] = now;
    return pages[category];
  }

  /**
   * How much better an agent is at a category than expected there.
   *
   * @param pages of the category
   * @param mean the success expected there
   * @param claimed what its declaration adds, worth 20 outcomes
   */
  double own(double[][] pages, int row, double mean, double claimed) {
    double sum = ownRewards(pages, row);
    double count = ownCount(pages, row);
    return (OWN_PRIOR * claimed + sum - count * mean) / (count + OWN_PRIOR);
  }

  static boolean isEmpty(double[][] pages, int row) {
    return pageOf(pages, row).length == 0;
  }

  double ownRewards(double[][] pages, int row) {
    double[] page = pageOf(pages, row);
    return page.length == 0 ? 0 : page[cell(row)] * scales[row];
  }

  double ownCount(double[][] pages, int row) {
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

  /** Takes an agent's part out of what is shared. */
  void lift(int row) {
    share(row, -scales[row]);
  }

  /** Puts an agent's part back, as it is now. */
  void settle(int row) {
    share(row, scales[row]);
  }

  private void share(int row, double factor) {
    double foretold = tally.expected(row);
    for (int category = 0; category < pages.length; category++) {
      double[] page = pageOf(pages[category], row);
      if (page.length > 0) {
        int at = cell(row);
        excess[category] += factor * (page[at] - foretold * page[at + 1]);
        counts[category] += factor * page[at + 1];
      }
    }
  }

  /** Adds an outcome of an agent that was lifted, and lets what came before fade. */
  void add(int category, int row, double keep, double reward, double weight, double unchecked) {
    ensure(category);
    scales[row] *= keep;
    if (scales[row] < SMALLEST_SCALE) {
      rescale(row, scales[row]);
      scales[row] = 1;
    }
    double[] page = page(category, row);
    int at = cell(row);
    page[at] += weight * reward / scales[row];
    page[at + 1] += weight / scales[row];
    page[at + 2] += weight * unchecked / scales[row];
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

  /** Adds sums to those of an agent that was lifted; none falls below zero. */
  void add(int category, int row, double[] change) {
    ensure(category);
    double[] page = page(category, row);
    int at = cell(row);
    page[at + 1] = Math.max(0, page[at + 1] + change[1] / scales[row]);
    page[at] = Math.min(page[at + 1], Math.max(0, page[at] + change[0] / scales[row]));
    page[at + 2] = Math.max(0, page[at + 2] + change[2] / scales[row]);
  }

  /** The claims of an agent that was lifted are believed by so much more, in all categories. */
  void revalue(int row, double more) {
    for (double[][] ofCategory : pages) {
      double[] page = pageOf(ofCategory, row);
      if (page.length > 0) {
        page[cell(row)] += more * page[cell(row) + 2];
      }
    }
  }

  /** Forgets one agent's offsets; comes before its record is changed. */
  void forget(int row) {
    lift(row);
    rescale(row, 0);
    scales[row] = 1;
  }

  private void rescale(int row, double factor) {
    for (double[][] ofCategory : pages) {
      double[] page = pageOf(ofCategory, row);
      if (page.length > 0) {
        for (int at = cell(row); at < cell(row) + CELLS; at++) {
          page[at] *= factor;
        }
      }
    }
  }

  private void ensure(int category) {
    if (category >= counts.length) {
      int before = counts.length;
      int length = Math.max(category + 1, 2 * before);
      excess = Arrays.copyOf(excess, length);
      counts = Arrays.copyOf(counts, length);
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
    for (double[] page : pages[oldest]) {
      pageCount -= page.length == 0 ? 0 : 1;
    }
    pages[oldest] = NO_PAGES;
    excess[oldest] = 0;
    counts[oldest] = 0;
  }
}
