/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.util.List;
import java.util.Map;

/**
 * Why a routing decision came out as it did, as data; {@link RoutingDecision#reason()} says the
 * same in one sentence.
 *
 * @param motive what moved the policy
 * @param candidates who was compared, in registry order, the chosen one among them
 * @param excluded who was registered and not compared, in registry order
 */
public record Explanation(Motive motive, List<Candidate> candidates, List<Excluded> excluded) {
  /** Copies the lists. */
  public Explanation {
    candidates = List.copyOf(candidates);
    excluded = List.copyOf(excluded);
  }

  /** What moved a policy. */
  public enum Motive {
    /** There was nobody else. */
    ONLY_CANDIDATE,
    /** The chosen agent has the best record. */
    EXPLOIT,
    /** Another has a better record; the chosen one was tried to learn about it. */
    EXPLORE,
    /** An earlier attempt at the task failed, and this agent was next. */
    FALLBACK,
    /** The policy compares something else than records, such as load or turns. */
    RULE
  }

  /**
   * One who was compared.
   *
   * @param agent the agent's id
   * @param score what the policy compared, higher is better
   * @param parts what the score is the sum of, by name and in order, to rounding; empty if it has
   *     no parts
   */
  public record Candidate(String agent, double score, Map<String, Double> parts) {}

  /**
   * One who was not compared.
   *
   * @param agent the agent's id
   * @param reason why, such as {@code lacks capability 'java'}
   */
  public record Excluded(String agent, String reason) {}
}
