/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.Arrays;
import java.util.OptionalDouble;

/** What an agent's time and money cost. */
final class Prices {
  private static final double PRIOR = 5;

  /** How many sums there are of an agent. */
  static final int SUMS = 3;

  private double valueOfSuccess;
  private double pricePerSecond;
  private double seconds;
  private double dollars;
  private double count;
  private double[] secondsOf = new double[0];
  private double[] dollarsOf = new double[0];
  private double[] countOf = new double[0];
  private double[] mostDollarsOf = new double[0];

  /** With infinity as the value of a success neither money nor time matters. */
  Prices(double valueOfSuccess, double pricePerSecond) {
    this.valueOfSuccess = valueOfSuccess;
    this.pricePerSecond = pricePerSecond;
  }

  void valueOfSuccess(double newValue) {
    valueOfSuccess = newValue;
  }

  void pricePerSecond(double newPrice) {
    pricePerSecond = newPrice;
  }

  void rows(int rows) {
    if (rows > countOf.length) {
      int length = Math.max(rows, 2 * countOf.length);
      secondsOf = Arrays.copyOf(secondsOf, length);
      dollarsOf = Arrays.copyOf(dollarsOf, length);
      countOf = Arrays.copyOf(countOf, length);
      mostDollarsOf = Arrays.copyOf(mostDollarsOf, length);
    }
  }

  void forget(int row) {
    secondsOf[row] = 0;
    dollarsOf[row] = 0;
    countOf[row] = 0;
    mostDollarsOf[row] = 0;
  }

  void learn(int row, double newSeconds, double newDollars) {
    seconds += newSeconds;
    dollars += newDollars;
    count++;
    secondsOf[row] += newSeconds;
    dollarsOf[row] += newDollars;
    countOf[row]++;
    mostDollarsOf[row] = Math.max(mostDollarsOf[row], newDollars);
  }

  /**
   * What a task is expected to cost an agent: its declared price, as if seen 5 times, and what
   * came.
   *
   * @param unknown taken while nothing was declared and nobody's costs are known
   */
  double dollars(int row, RegisteredAgent agent, double unknown) {
    OptionalDouble declared = agent.profile().price();
    double unseen =
        declared.isPresent() ? declared.getAsDouble() : count > 0 ? dollars / count : unknown;
    return (PRIOR * unseen + dollarsOf[row]) / (PRIOR + countOf[row]);
  }

  /** The dearest task of an agent. */
  double mostDollars(int row) {
    return mostDollarsOf[row];
  }

  /** Whether money or time takes anything from a score. */
  boolean areWeighed(double priceOfMoney) {
    return valueOfSuccess < Double.POSITIVE_INFINITY || priceOfMoney > 0;
  }

  /**
   * What a task costs an agent, in successes.
   *
   * @param priceOfMoney what a dollar costs beyond itself
   */
  double cost(int row, RegisteredAgent agent, double priceOfMoney) {
    double money = dollars(row, agent, 0);
    double time = pricePerSecond == 0 ? 0 : pricePerSecond * seconds(row);
    return (money + time) / valueOfSuccess + priceOfMoney * money;
  }

  private double seconds(int row) {
    double mean = count > 0 ? seconds / count : 0;
    return (PRIOR * mean + secondsOf[row]) / (PRIOR + countOf[row]);
  }

  /** Half the wait for a slot in units of a mean task; nothing while a slot is free. */
  double ofWaiting(int row, RegisteredAgent agent, int slots) {
    if (agent.active() < slots) {
      return 0;
    }
    double relative = seconds > 0 ? seconds(row) * count / seconds : 1;
    return (agent.queued() + 1) * relative / (2 * slots);
  }

  double[] sums(int row) {
    return new double[] {secondsOf[row], dollarsOf[row], countOf[row]};
  }

  void add(int row, double[] change, double dearest) {
    seconds += change[0];
    dollars += change[1];
    count += change[2];
    secondsOf[row] += change[0];
    dollarsOf[row] += change[1];
    countOf[row] += change[2];
    mostDollarsOf[row] = Math.max(mostDollarsOf[row], dearest);
  }
}
