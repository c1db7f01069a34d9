/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import dev.arbiter.agent.RegisteredAgent;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Time and money that agents' tasks took. */
public final class Prices {
  /*
   * No single number can spoil a mean. A mean keeps its largest number apart: one that is more than
   * 25 times the mean of all others is left out, until a second one shows that there are such. Real
   * costs of one agent go up to about 20 times their mean. The largest number is part of the sums,
   * so that sums of several routers add up. Numbers of all agents are also cut, the lower the more
   * were seen: there may be one outlier an agent.
   */

  /** How many sums there are of an agent: seconds, dollars, tasks. */
  public static final int SUMS = 3;

  /** How many highest numbers there are of an agent: dollars, seconds of a task. */
  public static final int HIGHEST = 2;

  /** A cost so many times the mean of the others is an outlier. */
  public static final double OUTLIER = 25;

  private static final double PRIOR = 5;
  private static final double UNDECLARED_PRIOR = 1;
  private static final double DOUBT = .5;
  private static final double RANGES = 4;
  private static final double DOUBTED = 50;
  private static final double FEW = 5;
  private static final double SAME = 1e-6;
  private static final int SECONDS = 0;
  private static final int DOLLARS = 1;
  private static final int TASKS = 2;
  private static final int DEAREST = SUMS;
  private static final int LONGEST = SUMS + 1;

  private double valueOfSuccess;
  private double pricePerSecond;
  private final double[] all = new double[SUMS + HIGHEST];
  private final RowSums own = new RowSums(SUMS + HIGHEST);

  /** With infinity as the value of a success neither money nor time matters. */
  public Prices(double valueOfSuccess, double pricePerSecond) {
    this.valueOfSuccess = valueOfSuccess;
    this.pricePerSecond = pricePerSecond;
  }

  /** Sets what a success is worth, in dollars. */
  public void valueOfSuccess(double newValue) {
    valueOfSuccess = newValue;
  }

  /** Sets what a second costs, in dollars. */
  public void pricePerSecond(double newPrice) {
    pricePerSecond = newPrice;
  }

  /** Makes room for rows 0 to count - 1. */
  public void rows(int count) {
    own.rows(count);
  }

  /** Forgets an agent. */
  public void forget(int row) {
    own.forget(row);
  }

  /** Learns what one task took. */
  public void learn(int row, double seconds, double dollars) {
    boolean known = all[TASKS] > 0;
    double most = OUTLIER * (1 + DOUBTED / all[TASKS]);
    double usualSeconds = known && meanSeconds() > 0 ? most * meanSeconds() : seconds;
    double usualDollars = known && meanDollars() > 0 ? most * meanDollars() : dollars;
    addToAll(Math.min(seconds, usualSeconds), Math.min(dollars, usualDollars), 1, dollars, seconds);
    addToOwn(row, seconds, dollars, 1, dollars, seconds);
  }

  /* With no prior weight the mean of what was seen, or of all but the largest if that is an outlier. */
  private static double mean(
      double prior, double weight, double sum, double count, double largest) {
    double restWeight = weight + count - 1;
    if (restWeight > 0) {
      double rest = (weight * prior + sum - largest) / restWeight;
      if (largest > OUTLIER * rest && count >= 1) {
        return Math.max(0, rest);
      }
    }
    return (weight * prior + sum) / (weight + count);
  }

  private double meanSeconds() {
    return mean(0, 0, all[SECONDS], all[TASKS], all[LONGEST]);
  }

  private double meanDollars() {
    return mean(0, 0, all[DOLLARS], all[TASKS], all[DEAREST]);
  }

  /**
   * The dollars to expect for a task: the declared price, as if seen 5 times, and what was paid. An
   * undeclared price is the mean of all agents, as if seen once.
   *
   * @param unknown the price while none is declared and no agent has cost anything yet
   */
  public double dollars(int row, RegisteredAgent agent, double unknown) {
    OptionalDouble declared = agent.profile().price();
    double usual = all[TASKS] > 0 ? meanDollars() : 0;
    double prior = declared.orElse(usual > 0 ? usual : unknown);
    double weight = declared.isPresent() ? PRIOR : UNDECLARED_PRIOR;
    return mean(prior, weight, own.get(row, DOLLARS), own.get(row, TASKS), own.get(row, DEAREST));
  }

  /**
   * The dollars that a task of an agent may cost: somewhat more than the dearest seen, the less so
   * the more were seen and the closer to each other; no more if all were the same.
   *
   * @param expected the dollars to expect
   */
  public double mostDollars(int row, double expected) {
    double count = own.get(row, TASKS);
    if (count < 1) {
      return (1 + DOUBT) * expected;
    }
    double dearest = own.get(row, DEAREST);
    double mean = mean(0, 0, own.get(row, DOLLARS), count, dearest);
    if (count >= 2 && dearest - mean <= SAME * mean) {
      return dearest;
    }
    double surer = dearest + RANGES * Math.max(0, dearest - mean) / count;
    double doubtful = count < FEW ? Math.max(mean, expected) : mean;
    double most = Math.max(surer, doubtful * (1 + DOUBT * 2 / (2 + count)));
    return Math.min(OUTLIER * expected, most);
  }

  /** Whether an agent declares no price and none of its costs was seen. */
  public boolean isUnknown(int row, RegisteredAgent agent) {
    return own.get(row, TASKS) == 0 && agent.profile().price().isEmpty();
  }

  /** How many outcomes were seen of an agent. */
  public double tasks(int row) {
    return own.get(row, TASKS);
  }

  /** Whether money or time takes anything from a score. */
  public boolean areWeighed(double priceOfMoney) {
    return valueOfSuccess < Double.POSITIVE_INFINITY || priceOfMoney > 0;
  }

  /**
   * What a task costs an agent, in successes.
   *
   * @param priceOfMoney what a dollar costs beyond itself
   */
  public double cost(int row, RegisteredAgent agent, double priceOfMoney) {
    double money = dollars(row, agent, 0);
    double time = pricePerSecond == 0 ? 0 : pricePerSecond * seconds(row);
    return (money + time) / valueOfSuccess + priceOfMoney * money;
  }

  private double seconds(int row) {
    double prior = all[TASKS] > 0 ? meanSeconds() : 0;
    return mean(prior, PRIOR, own.get(row, SECONDS), own.get(row, TASKS), own.get(row, LONGEST));
  }

  /** Half the wait for a slot, in units of a mean task; 0 while a slot is free. */
  public double ofWaiting(int row, RegisteredAgent agent, int slots) {
    if (agent.active() < slots) {
      return 0;
    }
    double mean = all[TASKS] > 0 ? meanSeconds() : 0;
    double relative = mean > 0 ? seconds(row) / mean : 1;
    return (agent.queued() + 1) * relative / (2 * slots);
  }

  /** All sums of an agent. */
  public double[] sums(int row) {
    return Arrays.copyOf(own.sums(row), SUMS);
  }

  /** The highest numbers of an agent. */
  public double[] highest(int row) {
    return Arrays.copyOfRange(own.sums(row), SUMS, SUMS + HIGHEST);
  }

  /** The sums over all agents, and their highest numbers. */
  public double[] all() {
    return all.clone();
  }

  /** Sets the sums over all agents. */
  public void all(double[] sums) {
    System.arraycopy(sums, 0, all, 0, all.length);
  }

  /** Adds sums of an agent; of highest numbers the higher stays. */
  public void add(int row, double[] change, double[] highest) {
    addToAll(change[SECONDS], change[DOLLARS], change[TASKS], highest[0], highest[1]);
    addToOwn(row, change[SECONDS], change[DOLLARS], change[TASKS], highest[0], highest[1]);
  }

  private void addToAll(
      double seconds, double dollars, double tasks, double dearest, double longest) {
    all[SECONDS] += seconds;
    all[DOLLARS] += dollars;
    all[TASKS] += tasks;
    all[DEAREST] = Math.max(all[DEAREST], Math.min(dearest, dollars));
    all[LONGEST] = Math.max(all[LONGEST], Math.min(longest, seconds));
  }

  private void addToOwn(
      int row, double seconds, double dollars, double tasks, double dearest, double longest) {
    own.add(row, SECONDS, seconds);
    own.add(row, DOLLARS, dollars);
    own.add(row, TASKS, tasks);
    own.set(row, DEAREST, Math.max(own.get(row, DEAREST), dearest));
    own.set(row, LONGEST, Math.max(own.get(row, LONGEST), longest));
  }
}
