/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import java.util.List;

/**
 * A change that the figures speak for. Data: nothing follows from it by itself.
 *
 * @param kind what would change
 * @param subject the agent, task type, rule or component that it is about
 * @param text the change in one sentence
 * @param evidence the figures that speak for it, at least one
 * @param confidence how sure the figures are, 0 to 1: how probable they are to lie on that side of
 *     the limit, not that the change helps
 */
public record Recommendation(
    Kind kind, String subject, String text, List<String> evidence, double confidence) {

  /** What a recommendation would change. */
  public enum Kind {
    /** Which agent gets which tasks: {@code routing_adjustment} of the requirements. */
    ROUTING,
    /** One agent: {@code agent_update}. */
    AGENT,
    /** Slots, limits or more agents: {@code resource_allocation}. */
    RESOURCE,
    /** A rule or a spec: {@code policy_change}. */
    POLICY,
    /** A part of the arbiter or its host: {@code system_configuration}. */
    SYSTEM
  }

  /** Copies. */
  public Recommendation {
    evidence = List.copyOf(evidence);
  }
}
