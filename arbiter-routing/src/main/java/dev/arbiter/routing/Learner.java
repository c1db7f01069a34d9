/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.record.PendingDecisions;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Task;

/**
 * What a policy knows, and how it chooses.
 *
 * <p>Every method is called under the router's lock. Agents are rows of arrays, types of task are
 * numbers. For one decision {@link #learn} is called once or never, and maybe much later.
 */
interface Learner {

  /** Makes room for rows 0 to count - 1; comes before a row is used for the first time. */
  void rows(int count);

  /** Chooses one of the candidate set's candidates, of which there is at least one. */
  BanditDecision choose(long id, RoutingRequest request, CandidateSet candidates, int category);

  /** Takes the outcome of a decision of its own. */
  void learn(Feedback feedback);

  /** How often an agent was found changed, which can only be the one that was learned of last. */
  default long alarms() {
    return 0;
  }

  /** An agent's claims are believed by so much more than before, the past ones too. */
  default void revalue(int row, double more) {}

  /** What was learned, in numbers that add up over routers. */
  default LearnedSums summed() {
    return LearnedSums.NOTHING;
  }

  /** Forgets an agent: its row will be given to another. */
  void forget(int row);

  /**
   * The outcome of one decision, as a policy learns it.
   *
   * @param row the agent
   * @param category the type of task
   * @param failedRow who failed at the task before, -1 if nobody knows any more, {@link
   *     PendingDecisions#FIRST_CHOICE} if nobody did
   * @param claim the level the agent claimed, NaN for none
   * @param reward between 0 and 1
   * @param unchecked what the agent claims and nobody checked, of which the reward is the believed
   *     part; 0 for what was checked
   * @param task the task
   */
  record Feedback(
      int row,
      int category,
      int failedRow,
      float claim,
      double reward,
      double unchecked,
      Task task) {

    boolean isFallback() {
      return failedRow != PendingDecisions.FIRST_CHOICE;
    }
  }
}
