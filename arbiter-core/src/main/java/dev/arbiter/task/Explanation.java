/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.util.List;
import java.util.Map;

/**
 * The reason for a routing decision, as data. {@link RoutingDecision#reason()} is the same in one
 * sentence.
 *
 * @param motive the motive of the policy
 * @param candidates the agents that were compared, in registry order, including the chosen one
 * @param excluded the registered agents that were not compared, in registry order
 */
public record Explanation(Motive motive, List<Candidate> candidates, List<Excluded> excluded) {
  /** Copies the lists. */
  public Explanation {
    candidates = List.copyOf(candidates);
    excluded = List.copyOf(excluded);
  }

  /** The motive of a policy. */
  public enum Motive {
    /** There was only one candidate. */
    ONLY_CANDIDATE,
    /** The chosen agent has the best record. */
    EXPLOIT,
    /** Another agent has a better record; the chosen one was tried to learn about it. */
    EXPLORE,
    /** An earlier attempt at the task failed, and this agent was the next. */
    FALLBACK,
    /** The policy does not compare records, but for example load or turns. */
    RULE
  }

  /**
   * An agent that was compared.
   *
   * @param agent the agent's id
   * @param score the value the policy compared, higher is better
   * @param parts the summands of the score by name, in order, up to rounding; empty if it has no
   *     parts
   */
  public record Candidate(String agent, double score, Map<String, Double> parts) {}

  /**
   * An agent that was not compared.
   *
   * @param agent the agent's id
   * @param reason the reason, such as {@code lacks capability 'java'}
   */
  public record Excluded(String agent, String reason) {}
}
