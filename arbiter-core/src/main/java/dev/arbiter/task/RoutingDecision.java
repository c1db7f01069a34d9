/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.task.Explanation.Motive;
import java.util.List;
import java.util.Map;

/**
 * The agent chosen for an attempt, the policy that chose it, and the scores of the other
 * candidates.
 *
 * <p>Immutable to its reader and safe to share. {@link #probability()}, {@link #reason()} and
 * {@link #candidates()} may be computed at the first call, so that unread decisions cost nothing
 * more.
 */
public interface RoutingDecision {

  /** {@return the id of the decision, unique within the router that made it} */
  long id();

  /** {@return the id of the chosen agent} */
  String agent();

  /** {@return the name of the policy, such as {@code ucb1}} */
  String policy();

  /**
   * {@return the probability of this choice just before it was made, above 0 and at most 1: the
   * propensity that off-policy evaluation needs}
   */
  double probability();

  /** {@return the reason in one sentence} */
  String reason();

  /** {@return all candidates with their scores, in registry order, including the chosen one} */
  List<Scored> candidates();

  /**
   * The reason as data: the motive of the policy, the parts of every score, and the agents that
   * were not compared. Computed at each call.
   *
   * @return by default the scores of the candidates, with {@link Motive#RULE} as motive
   */
  default Explanation explanation() {
    List<Explanation.Candidate> compared =
        candidates().stream()
            .filter(scored -> scored.score() != Double.NEGATIVE_INFINITY)
            .map(scored -> new Explanation.Candidate(scored.agent(), scored.score(), Map.of()))
            .toList();
    return new Explanation(
        compared.size() == 1 ? Motive.ONLY_CANDIDATE : Motive.RULE, compared, List.of());
  }

  /**
   * The score of one candidate in one decision.
   *
   * @param agent the agent's id
   * @param score the value the policy compared, higher is better; negative infinity if masked
   */
  record Scored(String agent, double score) {}
}
