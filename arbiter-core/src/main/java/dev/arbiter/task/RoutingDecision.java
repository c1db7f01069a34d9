/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.task.Explanation.Motive;
import java.util.List;
import java.util.Map;

/**
 * Who was chosen for an attempt, by which policy, and how everybody else fared.
 *
 * <p>Immutable towards its reader and safe to share. {@link #probability()}, {@link #reason()} and
 * {@link #candidates()} may be computed when first asked, so that a decision nobody asks costs
 * nothing more.
 */
public interface RoutingDecision {

  /**
   * Names the decision to the router that made it, for outcomes that come late.
   *
   * @return unique within that router
   */
  long id();

  /**
   * Who was chosen.
   *
   * @return an agent id
   */
  String agent();

  /**
   * The rule that chose.
   *
   * @return such as {@code ucb1}
   */
  String policy();

  /**
   * How likely this choice was, seen from just before it: the propensity that off-policy evaluation
   * needs.
   *
   * @return above 0, at most 1
   */
  double probability();

  /**
   * Why, in one sentence.
   *
   * @return the sentence
   */
  String reason();

  /**
   * All who could have been chosen, the chosen one among them.
   *
   * @return each with its score, in registry order
   */
  List<Scored> candidates();

  /**
   * Why, as data: what moved the policy, what every score is made of, and who was not compared.
   * Computed when asked.
   *
   * @return unless a router says more, the scores of those who could be chosen and a rule as motive
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
   * One candidate's score in one decision.
   *
   * @param agent the agent's id
   * @param score what the policy compared, higher is better; negative infinity when masked
   */
  record Scored(String agent, double score) {}
}
