/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

/**
 * What is tried, in an order that the host chooses, while no answer has the least confidence. A
 * step for which nothing was configured is skipped.
 */
public enum Deadlock {
  /** Agents of the panel that were not asked yet are asked, one after the other. */
  MORE_EVIDENCE,
  /** The agents debate; see {@link Debate}. */
  DEBATE,
  /**
   * Judges compare the two leading answers; see {@link Judges}. What they say is weighed with the
   * votes, whatever the rule of the ballot.
   */
  JUDGE,
  /**
   * The answer of the agent with the best record holds, if its share of right answers is above the
   * confidence of the decision so far.
   */
  LEADER,
  /**
   * A person is asked about the answer that holds, or about the one with the most weight if the
   * rule of the ballot has no winner. Comes last.
   */
  PERSON
}
