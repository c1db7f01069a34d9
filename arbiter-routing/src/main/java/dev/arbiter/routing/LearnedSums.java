/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** What a policy learned, in numbers that add up over routers. */
interface LearnedSums {
  /** What a policy learned that learns nothing. */
  LearnedSums NOTHING = () -> new Widths(0, 0, 0);

  /**
   * How many numbers there are.
   *
   * @param total of no agent in particular
   * @param agent of each agent
   * @param type of each agent at each type of task
   */
  record Widths(int total, int agent, int type) {}

  Widths widths();

  /** What is known of no agent in particular. */
  default double[] totals() {
    return new double[widths().total()];
  }

  /** What is known of an agent. */
  default double[] sums(int row) {
    return new double[widths().agent()];
  }

  /** The types of task at which something is known of an agent. */
  default int[] categories(int row) {
    return new int[0];
  }

  /** What is known of an agent at one of these. */
  default double[] sums(int category, int row) {
    return new double[0];
  }

  /** Adds what another router learned, or this one before. */
  default void addTotals(double[] change) {}

  /** The same for an agent. Nothing falls below zero that cannot. */
  default void add(int row, double[] change) {}

  /** The same for an agent and a type of task. */
  default void add(int category, int row, double[] change) {}
}
