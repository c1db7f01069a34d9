/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;

/**
 * What a policy knows, and how it chooses.
 *
 * <p>Every method is called under the router's lock. Agents are rows of arrays, types of task are
 * numbers. For one decision {@link #learn} is called once or never, and maybe much later.
 */
interface Learner {

  /** Makes room for rows 0 to count - 1; comes before a row is used for the first time. */
  void rows(int count);

  /** Chooses one of the slate's candidates, of which there is at least one. */
  BanditDecision choose(long id, RoutingRequest request, Slate slate, int category);

  /** Takes the outcome of a decision of its own. */
  void learn(Feedback feedback);

  /** An agent's claims are believed by so much more than before, the past ones too. */
  default void revalue(int row, double more) {}

  /**
   * How many numbers a policy keeps that add up over routers.
   *
   * @param total of no agent in particular
   * @param agent of each agent
   * @param type of each agent at each type of task
   */
  record Widths(int total, int agent, int type) {}

  /** None where a policy learns nothing. */
  default Widths widths() {
    return new Widths(0, 0, 0);
  }

  /** What is known of no agent in particular, in numbers that add up over routers. */
  default double[] totals() {
    return new double[0];
  }

  /** What is known of an agent, in numbers that add up over routers. */
  default double[] sums(int row) {
    return new double[0];
  }

  /** The same for one type of task; empty if nothing is known. */
  default double[] sums(int category, int row) {
    return new double[0];
  }

  /** Adds what another router learned, or this one before. */
  default void addTotals(double[] change) {}

  /** The same for an agent. Nothing falls below zero that cannot. */
  default void add(int row, double[] change) {}

  /** The same for an agent and a type of task. */
  default void add(int category, int row, double[] change) {}

  /** Forgets an agent: its row will be given to another. */
  void forget(int row);
}
