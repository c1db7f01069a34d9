/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One picture of agents and what could be better. A snapshot.
 *
 * @param agents each agent of which an attempt is known, by id
 * @param recommendations all recommendations, the surest first
 * @param applied those that the host said it had applied, the newest last, at most 100
 * @param at when it was made
 */
public record InsightReport(
    List<AgentInsights> agents,
    List<Recommendation> recommendations,
    List<Recommendation> applied,
    Instant at) {

  /** Copies. */
  public InsightReport {
    agents = List.copyOf(agents);
    recommendations = List.copyOf(recommendations);
    applied = List.copyOf(applied);
  }

  /**
   * {@return what is known of an agent, empty if no attempt of it is}
   *
   * @param agent its id
   */
  public Optional<AgentInsights> of(String agent) {
    return agents.stream().filter(known -> known.agent().equals(agent)).findFirst();
  }
}
