/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import dev.arbiter.agent.RegisteredAgent;
import java.util.Arrays;
import java.util.OptionalDouble;

/** Time and money that agents' tasks took. */
public final class Prices {
  /** How many sums there are of an agent: seconds, dollars, tasks. */
  public static final int SUMS = 3;

  private static final double PRIOR = 5;
  private static final int SECONDS = 0;
  private static final int DOLLARS = 1;
  private static final int TASKS = 2;
  private static final int DEAREST = SUMS;

  private double valueOfSuccess;
  private double pricePerSecond;
  private final double[] all = new double[SUMS];
  private final RowSums own = new RowSums(SUMS + 1);

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
    add(row, seconds, dollars, 1, dollars);
  }

  /**
   * The dollars to expect for a task: the declared price, as if seen 5 times, and what was paid.
   *
   * @param unknown the price while none is declared and nothing was paid yet to any agent
   */
  public double dollars(int row, RegisteredAgent agent, double unknown) {
    OptionalDouble declared = agent.profile().price();
    double unseen =
        declared.isPresent()
            ? declared.getAsDouble()
            : all[TASKS] > 0 ? all[DOLLARS] / all[TASKS] : unknown;
    return (PRIOR * unseen + own.get(row, DOLLARS)) / (PRIOR + own.get(row, TASKS));
  }

  /** The dollars of an agent's dearest task. */
  public double mostDollars(int row) {
    return own.get(row, DEAREST);
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
    double mean = all[TASKS] > 0 ? all[SECONDS] / all[TASKS] : 0;
    return (PRIOR * mean + own.get(row, SECONDS)) / (PRIOR + own.get(row, TASKS));
  }

  /** Half the wait for a slot, in units of a mean task; 0 while a slot is free. */
  public double ofWaiting(int row, RegisteredAgent agent, int slots) {
    if (agent.active() < slots) {
      return 0;
    }
    double relative = all[SECONDS] > 0 ? seconds(row) * all[TASKS] / all[SECONDS] : 1;
    return (agent.queued() + 1) * relative / (2 * slots);
  }

  /** All sums of an agent. */
  public double[] sums(int row) {
    return Arrays.copyOf(own.sums(row), SUMS);
  }

  /** Adds sums of an agent; the dearest task is no sum, the higher one stays. */
  public void add(int row, double[] change, double dollars) {
    add(row, change[SECONDS], change[DOLLARS], change[TASKS], dollars);
  }

  private void add(int row, double seconds, double dollars, double tasks, double most) {
    add(row, SECONDS, seconds);
    add(row, DOLLARS, dollars);
    add(row, TASKS, tasks);
    own.set(row, DEAREST, Math.max(own.get(row, DEAREST), most));
  }

  private void add(int row, int sum, double amount) {
    all[sum] += amount;
    own.add(row, sum, amount);
  }
}
