/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.BanditRouter.SpendingReport;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.spi.Router;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Keeps the cost of a number of tasks within a limit. */
final class Spending {
  /*
   * A price on money makes the policy choose so that the money lasts: it rises while more is spent
   * than the limit's share and falls while less is (primal-dual pacing). No price can guarantee the
   * limit, so there is also a reserve: an agent is no candidate if its worst case would take the
   * money that the remaining tasks need at the cheapest agent. Costs have long tails, so the worst
   * case is 25 times the mean unless more was seen. Decisions without an outcome count as the sum of
   * their expected costs and six times the root of the sum of squares, about three standard
   * deviations.
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

  /** Starts a period, which pays for outstanding decisions too. */
  void limit(double newDollars, long newTasks) {
    dollars = newDollars;
    tasks = newTasks;
    perTask = newDollars / newTasks;
    spent = 0;
    decided = 0;
    price = 0;
  }

  /** The price of a dollar beyond itself, in successes. */
  double price() {
    return price;
  }

  SpendingReport report() {
    return new SpendingReport(dollars, tasks, decided, spent, reserved, price, refused);
  }

  /**
   * The affordable candidates, or the cheapest one if it alone can be afforded.
   *
   * @return the candidate set itself if all are affordable
   * @throws Router.RefusedException if not even the cheapest is
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
      return candidates.only(i -> keep[i]);
    }
    double worst = Math.min(prices.mostDollars(candidates.rows[cheapest]), LAST_TAIL * least);
    if (left < Math.max(CHEAPEST_TAIL * least, worst)) {
      refused++;
      throw refusal(task, candidates.agents[cheapest].id(), least, left);
    }
    int one = cheapest;
    return candidates.only(i -> i == one);
  }

  /* Null if none is left. */
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

  /** The least money that the tasks after this one need. */
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

  /** Notes a decision and its expected cost. */
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

  /** Notes the cost of a decision. */
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
