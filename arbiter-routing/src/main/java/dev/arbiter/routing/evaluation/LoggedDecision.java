/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision.Scored;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * One line of a decision log: the candidates, the choice, its probability and its reward.
 *
 * @param type the task's type
 * @param candidates ids of all candidates, each once
 * @param agent id of the chosen one, among the candidates
 * @param probability of this choice just before it, in (0,1]
 * @param reward of its outcome, in [0,1]
 */
public record LoggedDecision(
    String type, List<String> candidates, String agent, double probability, double reward) {
  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a number is out of range, a candidate appears twice or the
   *     agent is not among them
   */
  public LoggedDecision {
    candidates = List.copyOf(candidates);
    Require.that(
        candidates.contains(agent),
        "logged agent '%s' is not among the candidates %s; log all who could have been chosen",
        agent,
        candidates);
    Require.that(
        new HashSet<>(candidates).size() == candidates.size(),
        "logged candidates must be there once each, got %s; log agent ids",
        candidates);
    Require.that(
        probability > 0 && probability <= 1,
        "logged probability of agent '%s' must be in (0,1], got %s; take it from"
            + " RoutingDecision.probability()",
        agent,
        probability);
    Require.that(
        reward >= 0 && reward <= 1,
        "logged reward of agent '%s' must be in [0,1], got %s; take it from Outcome.reward()",
        agent,
        reward);
  }

  /**
   * The line of an outcome; masked agents are no candidates. Computes the decision's probability if
   * it was not asked before.
   *
   * @return empty for a fallback, whose task is known to be a hard one, and for an attempt that
   *     failed through no fault of the agent
   */
  public static Optional<LoggedDecision> of(Outcome outcome) {
    if (outcome.attempt() > 1 || outcome.kind() == Outcome.Kind.INFRASTRUCTURE) {
      return Optional.empty();
    }
    return Optional.of(
        new LoggedDecision(
            outcome.task().type(),
            outcome.decision().candidates().stream()
                .filter(candidate -> candidate.score() > Double.NEGATIVE_INFINITY)
                .map(Scored::agent)
                .toList(),
            outcome.decision().agent(),
            outcome.decision().probability(),
            outcome.reward()));
  }
}
