/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.BanditRouter.SpendingReport;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.spi.Router;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Keeps what agents cost within a limit for a number of tasks. */
final class Spending {
  /*
   * Two things at once. A price on money, which rises while more is spent than the limit's share
   * and falls while less is (primal-dual pacing), makes the policy choose so that the money lasts.
   * And a reserve, which no price can promise: nobody is tried whose worst case would take what the
   * tasks that are left need at the cheapest agent. Costs have long tails, so the worst case is
   * taken as 25 times the mean unless more was seen. Decisions whose cost is not known yet count as
   * what they are expected to cost together and six times the root of its squares, which is about
   * three standard deviations of their sum.
   */
  private static final double TAIL = 25;
  private static final double CHEAPEST_TAIL = 6;
  private static final double LAST_TAIL = 12;
  private static final double AHEAD = 20;
  private static final double SPREAD = 1.5;
  private static final double OUTSTANDING = 6;
  private static final double SMOOTHING = 50;
  private static final double STEP = .05;
  private static final double MOST_OVER = 5;

  private double dollars = Double.POSITIVE_INFINITY;
  private long tasks = 1;
  private double perTask;
  private double spent;
  private double reserved;
  private double reservedSquares;
  private double price;
  private long decided;
  private long refused;

  boolean isLimited() {
    return dollars < Double.POSITIVE_INFINITY;
  }

  /** Starts a period; what outstanding decisions will cost is charged to it. */
  void limit(double newDollars, long newTasks) {
    dollars = newDollars;
    tasks = newTasks;
    perTask = newDollars / newTasks;
    spent = 0;
    decided = 0;
    price = 0;
  }

  /** What a dollar costs beyond itself, in successes. */
  double price() {
    return price;
  }

  SpendingReport report() {
    return new SpendingReport(dollars, tasks, decided, spent, reserved, price, refused);
  }

  /**
   * Leaves those who can be afforded, and the cheapest if nobody else can.
   *
   * @return the candidate set itself when all can be
   * @throws Router.RefusedException if even the cheapest cannot
   */
  CandidateSet affordable(
      CandidateSet candidates, Prices prices, boolean firstChoice, String task) {
    int cheapest = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < candidates.size(); i++) {
      double cost = prices.dollars(candidates.rows[i], candidates.agents[i], perTask);
      if (cost < least) {
        least = cost;
        cheapest = i;
      }
    }
    double left = dollars - spent - outstanding();
    boolean[] keep =
        keep(candidates, prices, cheapest, left - reserve(least, firstChoice), allowance());
    if (keep != null) {
      return candidates.only(keep);
    }
    double worst = Math.min(prices.mostDollars(candidates.rows[cheapest]), LAST_TAIL * least);
    if (left < Math.max(CHEAPEST_TAIL * least, worst)) {
      refused++;
      throw refusal(task, candidates.agents[cheapest].id(), least, left);
    }
    boolean[] one = new boolean[candidates.size()];
    one[cheapest] = true;
    return candidates.only(one);
  }

  /* Null when nobody is left. */
  private boolean @Nullable [] keep(
      CandidateSet candidates, Prices prices, int cheapest, double free, double allowance) {
    boolean[] keep = new boolean[candidates.size()];
    boolean any = false;
    for (int i = 0; i < keep.length; i++) {
      int row = candidates.rows[i];
      double cost = prices.dollars(row, candidates.agents[i], perTask);
      double tail = i == cheapest ? CHEAPEST_TAIL : TAIL;
      keep[i] = Math.max(prices.mostDollars(row), tail * cost) <= free && cost <= allowance;
      any |= keep[i];
    }
    return any ? keep : null;
  }

  /** What the tasks after this one need at least. */
  private double reserve(double least, boolean firstChoice) {
    double rest = Math.max(0, tasks - decided - (firstChoice ? 1 : 0));
    return least * (rest + SPREAD * Math.sqrt(rest));
  }

  /** How far one task may run ahead of the plan. */
  private double allowance() {
    return perTask * (decided + 1 + AHEAD) - spent - reserved;
  }

  private double outstanding() {
    return reserved + OUTSTANDING * Math.sqrt(reservedSquares);
  }

  private Router.RefusedException refusal(String task, String agent, double least, double left) {
    return new Router.RefusedException(
        String.format(
            Locale.ROOT,
            "task '%s' is not affordable: %.4g of %.4g dollars are left for %d more of %d tasks, and"
                + " the cheapest candidate, %s, is expected to take %.4g; raise the limit or wait"
                + " for the next period",
            task,
            Math.max(0, left),
            dollars,
            tasks - decided,
            tasks,
            agent,
            least));
  }

  /** Notes a decision and what it is expected to cost. */
  void decided(boolean firstChoice, double expected) {
    if (!isLimited()) {
      return;
    }
    reserved += expected;
    reservedSquares += expected * expected;
    if (firstChoice && ++decided > tasks) {
      spent = 0;
      decided = 1;
    }
  }

  /** Notes what a decision came to. */
  void paid(boolean firstChoice, double expected, double cost) {
    if (!isLimited()) {
      return;
    }
    reserved = Math.max(0, reserved - expected);
    reservedSquares = Math.max(0, reservedSquares - expected * expected);
    double target = firstChoice ? Math.max(0, perTask + behind() / SMOOTHING) : 0;
    double over = Math.min(MOST_OVER, Math.max(-1, (cost - target) / perTask));
    double step = STEP / perTask / Math.sqrt(1 + decided / SMOOTHING);
    price = Math.max(0, price + step * over);
    spent += cost;
  }

  private double behind() {
    return perTask * (decided - 1) - spent;
  }
}
