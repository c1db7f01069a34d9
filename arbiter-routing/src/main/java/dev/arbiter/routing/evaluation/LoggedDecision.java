/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision.Scored;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * One line of a decision log: who could be chosen, who was, how likely that was and what came of
 * it.
 *
 * @param type the task's type
 * @param candidates ids of all who could have been chosen, each once
 * @param agent id of the chosen one, among the candidates
 * @param probability of this choice, seen from just before it, in (0,1]
 * @param reward what came of it, in [0,1]
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
    if (!candidates.contains(agent)) {
      throw new IllegalArgumentException(
          "logged agent '"
              + agent
              + "' is not among the candidates "
              + candidates
              + "; log all who could have been chosen");
    }
    if (new HashSet<>(candidates).size() < candidates.size()) {
      throw new IllegalArgumentException(
          "logged candidates must be there once each, got " + candidates + "; log agent ids");
    }
    if (!(probability > 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "logged probability of agent '"
              + agent
              + "' must be in (0,1], got "
              + probability
              + "; take it from RoutingDecision.probability()");
    }
    if (!(reward >= 0 && reward <= 1)) {
      throw new IllegalArgumentException(
          "logged reward of agent '"
              + agent
              + "' must be in [0,1], got "
              + reward
              + "; take it from Outcome.reward()");
    }
  }

  /**
   * What an outcome adds to a log; who was masked was no candidate. Computes the decision's
   * probability where that was not asked before.
   *
   * @param outcome what came of a decision
   * @return the line; empty for a fallback, whose task is known to be a hard one, and for an
   *     attempt that failed through no doing of the agent
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
