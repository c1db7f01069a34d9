/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.Arrays;

/** What an agent's time and money cost, in successes. */
final class Prices {
  private static final double PRIOR = 5;

  private final double valueOfSuccess;
  private double seconds;
  private double dollars;
  private double count;
  private double[] secondsOf = new double[0];
  private double[] dollarsOf = new double[0];
  private double[] countOf = new double[0];

  /** With infinity as the value of a success money does not matter. */
  Prices(double valueOfSuccess) {
    this.valueOfSuccess = valueOfSuccess;
  }

  void rows(int rows) {
    if (rows > countOf.length) {
      int length = Math.max(rows, 2 * countOf.length);
      secondsOf = Arrays.copyOf(secondsOf, length);
      dollarsOf = Arrays.copyOf(dollarsOf, length);
      countOf = Arrays.copyOf(countOf, length);
    }
  }

  void forget(int row) {
    secondsOf[row] = 0;
    dollarsOf[row] = 0;
    countOf[row] = 0;
  }

  void learn(int row, double newSeconds, double newDollars) {
    seconds += newSeconds;
    dollars += newDollars;
    count++;
    secondsOf[row] += newSeconds;
    dollarsOf[row] += newDollars;
    countOf[row]++;
  }

  boolean isMoneyWeighed() {
    return valueOfSuccess < Double.POSITIVE_INFINITY;
  }

  /** The mean cost of an agent as a share of what a success is worth. */
  double ofMoney(int row, RegisteredAgent agent) {
    double unseen = agent.profile().price().orElse(count > 0 ? dollars / count : 0);
    return (PRIOR * unseen + dollarsOf[row]) / (PRIOR + countOf[row]) / valueOfSuccess;
  }

  /** Half the wait for a slot in units of a mean task; nothing while a slot is free. */
  double ofWaiting(int row, RegisteredAgent agent, int slots) {
    if (agent.active() < slots) {
      return 0;
    }
    return (agent.queued() + 1) * relativeSeconds(row) / (2 * slots);
  }

  /* An agent's mean duration over everybody's; 1 while nothing is known. */
  private double relativeSeconds(int row) {
    if (seconds <= 0) {
      return 1;
    }
    double mean = seconds / count;
    return (PRIOR * mean + secondsOf[row]) / (PRIOR + countOf[row]) / mean;
  }
}
