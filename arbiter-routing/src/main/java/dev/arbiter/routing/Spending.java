/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditRouter.SpendingReport;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.spi.Router;
import java.util.Locale;

/** Keeps the cost of a number of tasks within a limit. */
final class Spending {
  /*
   * A price on money makes the policy choose so that the money lasts: it rises while more is spent
   * than the limit's share and falls while less is (primal-dual pacing). No price can guarantee the
   * limit, so there is also a reserve: an agent is no candidate if its worst case would take the
   * money that the remaining tasks need at the cheapest agent. The worst case is a little above the
   * dearest task seen. Costs may have long tails, so it is also at least 25 times the mean, as far as
   * that ties up no more than 6 % of the limit. If no agent fits, the task goes to the one whose worst
   * case is lowest; it is refused if the money left is below that. A fallback never takes the money
   * that later tasks need: it is refused instead.
   *
   * Every task that comes counts for its period, refused or not, so a period always ends. A decision
   * holds its expected cost, and a margin of three standard deviations together with the others that
   * are under way, until its outcome comes. The margin is given back after an hour, and at the end of
   * the period; the expected cost then counts as spent. A later outcome corrects that: in an earlier
   * period it first uses the money that was left there. What a period spent above its limit is
   * missing in the next, up to half of its money.
   *
   * A new limit begins a period too, but takes over what decisions hold: oldestHeld is the period of
   * the oldest that may hold something.
   */
  private static final double TAIL = 25;
  private static final double CHEAPEST_TAIL = 6;
  private static final double UNKNOWN_TAIL = 10;
  private static final double MOST_TIED = .06;
  private static final double TAIL_UNTIL = 10;
  private static final double AHEAD = 20;
  private static final double SPREAD = 1.5;
  private static final double DEVIATIONS = 3;
  private static final double MOST_DEVIATION = 2;
  private static final double DEVIATION = .6;
  private static final double SMOOTHING = 50;
  private static final double STEP = .05;
  private static final double MOST_OVER = 5;
  private static final double MOST_DEBT = .5;

  /* A limit may be missed by .4 %. */
  private static final double TOLERANCE = .003;

  private double dollars = Double.POSITIVE_INFINITY;
  private long tasks = 1;
  private double perTask;
  private int period;
  private int oldestHeld;
  private double spent;
  private double reserved;
  private double reservedSquares;
  private double leftBefore;
  private double price;
  private long asked;
  private long decided;
  private long refused;

  /* What each candidate of the present decision is expected to cost, and its worst case. */
  private double[] expected = new double[0];
  private double[] worst = new double[0];

  boolean isLimited() {
    return dollars < Double.POSITIVE_INFINITY;
  }

  /** Starts a period, which pays for outstanding decisions too, but not for released ones. */
  void limit(double newDollars, long newTasks) {
    if (isLimited()) {
      period++;
    }
    leftBefore = 0;
    dollars = newDollars;
    tasks = newTasks;
    perTask = newDollars / newTasks;
    spent = 0;
    asked = 0;
    decided = 0;
    price = 0;
  }

  /** The price of a dollar beyond itself, in successes. */
  double price() {
    return price;
  }

  /** The period of a decision made now. */
  int period() {
    return period;
  }

  SpendingReport report() {
    return new SpendingReport(dollars, tasks, decided, spent, reserved, price, refused);
  }

  /** Counts a task that comes; the one after the last of a period begins the next. */
  void come() {
    if (!isLimited()) {
      return;
    }
    if (asked >= tasks) {
      double total = spent + reserved;
      leftBefore = Math.max(0, dollars - total);
      spent = Math.min(MOST_DEBT * dollars, Math.max(0, total - dollars));
      reserved = 0;
      reservedSquares = 0;
      asked = 0;
      decided = 0;
      period++;
      oldestHeld = period;
    }
    asked++;
  }

  /**
   * The affordable candidates, or the one with the lowest worst case if it alone can be afforded.
   *
   * @param failures agents that failed at this task before; 0 for a first choice
   * @return the candidate set itself if all are affordable
   * @throws Router.RefusedException if none is
   */
  CandidateSet affordable(CandidateSet candidates, Prices prices, int failures, String task) {
    int cheapest = estimate(candidates, prices);
    double least = expected[cheapest];
    double left = dollars - spent - outstanding();
    double free = left - reserve(least);
    double allowance = allowance(failures);
    boolean[] keep = new boolean[candidates.size()];
    boolean any = false;
    for (int i = 0; i < keep.length; i++) {
      double tail = tail(i == cheapest ? CHEAPEST_TAIL : TAIL, expected[i]);
      double needed = Math.max(worst[i], tail);
      keep[i] = needed <= free && expected[i] <= allowance;
      any |= keep[i];
    }
    if (any) {
      return candidates.only(i -> keep[i]);
    }
    int last = failures == 0 ? last(candidates, prices, cheapest, left) : -1;
    if (last < 0) {
      refused++;
      throw refusal(task, candidates.agents[cheapest].id(), least, left);
    }
    return candidates.only(i -> i == last);
  }

  /* Returns the candidate that is expected to cost least. */
  private int estimate(CandidateSet candidates, Prices prices) {
    int size = candidates.size();
    if (size > expected.length) {
      expected = new double[size];
      worst = new double[size];
    }
    int cheapest = 0;
    for (int i = 0; i < size; i++) {
      int row = candidates.rows[i];
      expected[i] = prices.dollars(row, candidates.agents[i], perTask);
      worst[i] = prices.mostDollars(row, expected[i]);
      cheapest = expected[i] < expected[cheapest] ? i : cheapest;
    }
    return cheapest;
  }

  /* The cheapest candidate, or another for the last money; -1 for none. */
  private int last(CandidateSet candidates, Prices prices, int cheapest, double left) {
    if (spent + reserved == 0) {
      return first(candidates, prices, cheapest);
    }
    int last = cheapest;
    double lowest = needed(candidates, prices, cheapest);
    for (int i = 0; i < candidates.size() && lowest > left + TOLERANCE * dollars; i++) {
      double needed = needed(candidates, prices, i);
      if (needed < lowest) {
        lowest = needed;
        last = i;
      }
    }
    return lowest <= left + TOLERANCE * dollars ? last : -1;
  }

  /* With the first money of a period: one whose price is unknown, or else the cheapest. */
  private int first(CandidateSet candidates, Prices prices, int cheapest) {
    for (int i = 0; i < candidates.size(); i++) {
      if (prices.isUnknown(candidates.rows[i], candidates.agents[i])) {
        return i;
      }
    }
    return expected[cheapest] <= dollars ? cheapest : -1;
  }

  private double needed(CandidateSet candidates, Prices prices, int place) {
    double seen = prices.tasks(candidates.rows[place]);
    double tail = tail(CHEAPEST_TAIL, expected[place]);
    return Math.max(worst[place], tail * TAIL_UNTIL / (TAIL_UNTIL + seen));
  }

  /** The least money that the tasks after this one need. */
  private double reserve(double least) {
    double rest = Math.max(0, tasks - asked);
    return least * (rest + SPREAD * Math.sqrt(rest));
  }

  /* How far one task may run ahead of the plan. A second fallback must be behind it, a third further:
   * each solves fewer of its tasks than better first choices would for the money. */
  private double allowance(int failures) {
    double ahead = failures == 0 ? AHEAD : AHEAD * (3 - 2 * failures);
    return perTask * (asked + ahead) - spent - reserved;
  }

  private double outstanding() {
    return reserved + DEVIATIONS * Math.sqrt(reservedSquares);
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
            Math.max(0, tasks - asked),
            tasks,
            agent,
            least));
  }

  /**
   * What a decision holds for a task of an agent: its expected cost; ten times that while the price
   * is unknown, because all that are under way may be as dear, but at most 3 % of the limit.
   */
  float held(int row, RegisteredAgent agent, Prices prices) {
    double cost = prices.dollars(row, agent, perTask);
    double tied = Math.min(UNKNOWN_TAIL * cost, MOST_TIED / 2 * dollars);
    return (float) (prices.isUnknown(row, agent) ? Math.max(cost, tied) : cost);
  }

  /** By how much its cost may deviate, as a standard deviation. */
  float deviation(int row, float cost, Prices prices) {
    double tail = tail(TAIL, cost) * TAIL_UNTIL / (TAIL_UNTIL + prices.tasks(row));
    double above = Math.max(prices.mostDollars(row, cost), tail) - cost;
    return (float) Math.min(MOST_DEVIATION * cost, DEVIATION * Math.max(0, above));
  }

  private double tail(double times, double cost) {
    return Math.min(times * cost, MOST_TIED * dollars);
  }

  /** Notes a decision, its expected cost and the deviation of that. */
  void decided(boolean firstChoice, float cost, float deviation) {
    if (isLimited()) {
      reserved += cost;
      reservedSquares += (double) deviation * deviation;
      decided += firstChoice ? 1 : 0;
    }
  }

  /** Gives back what a decision holds; its expected cost counts as spent from now on. */
  void release(int decidedIn, float cost, float deviation) {
    if (isLimited() && mayHold(decidedIn)) {
      free(cost, deviation);
      spent += cost;
    }
  }

  private boolean mayHold(int decidedIn) {
    return decidedIn >= oldestHeld && decidedIn <= period;
  }

  private void free(float cost, float deviation) {
    reserved = Math.max(0, reserved - cost);
    reservedSquares = Math.max(0, reservedSquares - (double) deviation * deviation);
  }

  /** Notes the cost of a decision that holds its expected cost. */
  void paid(boolean firstChoice, int decidedIn, float expectedCost, float deviation, double cost) {
    if (!isLimited()) {
      return;
    }
    pace(firstChoice, cost);
    if (mayHold(decidedIn)) {
      free(expectedCost, deviation);
      spent += cost;
    } else {
      correct(decidedIn, cost - expectedCost);
    }
  }

  /** Notes the cost of a decision whose expected cost was counted as spent. */
  void paidLate(boolean firstChoice, int decidedIn, float expectedCost, double cost) {
    if (isLimited()) {
      pace(firstChoice, cost);
      correct(decidedIn, cost - expectedCost);
    }
  }

  private void pace(boolean firstChoice, double cost) {
    double target = firstChoice ? Math.max(0, perTask + behind() / SMOOTHING) : 0;
    double over = Math.min(MOST_OVER, Math.max(-1, (cost - target) / perTask));
    double step = STEP / perTask / Math.sqrt(1 + asked / SMOOTHING);
    price = Math.max(0, price + step * over);
  }

  private void correct(int decidedIn, double more) {
    if (decidedIn == period) {
      spent = Math.max(0, spent + more);
      return;
    }
    leftBefore -= more;
    if (leftBefore < 0) {
      spent -= leftBefore;
      leftBefore = 0;
    }
  }

  private double behind() {
    return perTask * (asked - 1) - spent;
  }

  /** All that outlives a restart; what is under way counts as spent. */
  double[] state() {
    return new double[] {spent + reserved, leftBefore, price, asked, decided};
  }

  /** Goes on with a period, under the limit there is now. */
  void state(double[] state) {
    if (isLimited()) {
      spent = state[0];
      leftBefore = state[1];
      price = state[2];
      asked = Math.min(tasks, (long) state[3]);
      decided = (long) state[4];
    }
  }
}
