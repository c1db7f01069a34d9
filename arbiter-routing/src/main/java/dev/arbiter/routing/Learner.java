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
}
