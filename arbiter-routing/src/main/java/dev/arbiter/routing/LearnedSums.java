/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.record.TypeRecords;
import org.jspecify.annotations.Nullable;

/** The learned sums of a policy, which add up over routers. */
interface LearnedSums {
  /** The sums of a policy that learns nothing. */
  LearnedSums NOTHING = () -> new Widths(0, 0, 0);

  /**
   * How many sums there are.
   *
   * @param total over all agents
   * @param agent of each agent
   * @param type of each agent at each type of task
   */
  record Widths(int total, int agent, int type) {}

  Widths widths();

  /** The records by type of task, if the policy keeps any. */
  default @Nullable TypeRecords types() {
    return null;
  }

  /** The sums over all agents. */
  default double[] totals() {
    return new double[widths().total()];
  }

  /** The sums of an agent. */
  default double[] sums(int row) {
    return new double[widths().agent()];
  }

  /** Adds sums of another router, or of this one before a restart. */
  default void addTotals(double[] change) {}

  /** Adds sums of an agent; a sum that cannot be negative stays at least 0. */
  default void add(int row, double[] change) {}

  /** Adds sums of an agent at a type of task. */
  default void add(int category, int row, double[] change) {}
}
