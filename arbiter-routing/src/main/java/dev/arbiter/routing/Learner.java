/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.record.PendingDecisions;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Task;

/**
 * The knowledge of a policy, and its rule of choice.
 *
 * <p>All methods are called under the router's lock. An agent is a row, a type of task a category.
 * {@link #learn} is called once or never for a decision, and maybe much later.
 */
interface Learner {
  /** Makes room for rows 0 to count - 1, before one is used for the first time. */
  void rows(int count);

  /** Chooses one of the candidates, of which there is at least one. */
  BanditDecision choose(long id, RoutingRequest request, CandidateSet candidates, int category);

  /** Learns the outcome of its own decision. */
  void learn(Feedback feedback);

  /** How often a change was detected; a new one is of the agent of the last outcome. */
  default long alarms() {
    return 0;
  }

  /** Believes an agent's unchecked claims by so much more, the past ones too. */
  default void revalue(int row, double more) {}

  /** The learned sums, which add up over routers. */
  default LearnedSums summed() {
    return LearnedSums.NOTHING;
  }

  /**
   * Writes or restores all that is not in the sums. Sums over agents that were kept up to date are
   * computed anew, both times in the same order, so that they do not differ in their last bits.
   */
  default void continues(Continuation continuation) {}

  /** Forgets a type of task: another will get its category. */
  default void forgetType(int category) {}

  /** Forgets an agent: another will get its row. */
  void forget(int row);

  /**
   * The outcome of one decision, as a policy learns it.
   *
   * @param row the agent
   * @param category the type of task
   * @param failedRow the agent that failed at the task before, -1 if unknown, {@link
   *     PendingDecisions#FIRST_CHOICE} for none
   * @param claim the level the agent declared, NaN for none
   * @param reward between 0 and 1
   * @param unchecked an unchecked claim, of which the reward is the believed part; 0 if checked
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
