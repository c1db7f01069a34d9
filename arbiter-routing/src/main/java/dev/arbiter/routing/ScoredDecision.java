/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.function.IntToDoubleFunction;

/** A decision whose probabilities are known when it is made. */
final class ScoredDecision extends BanditDecision {
  private final double[] scores;
  private final IntToDoubleFunction probabilities;
  private final String why;

  /**
   * Shares the scores.
   *
   * @param probabilities how likely each candidate was
   * @param why the beginning of the reason, up to the chosen agent's name
   */
  ScoredDecision(
      long id,
      String policy,
      RegisteredAgent[] agents,
      int chosen,
      double[] scores,
      IntToDoubleFunction probabilities,
      String why) {
    super(id, policy, agents, chosen);
    this.scores = scores;
    this.probabilities = probabilities;
    this.why = why;
  }

  @Override
  double score(int candidate) {
    return scores[candidate];
  }

  @Override
  double probability(int candidate) {
    return probabilities.applyAsDouble(candidate);
  }

  @Override
  public double probability() {
    return probability(chosen);
  }

  @Override
  public String reason() {
    return agents.length == 1
        ? "the only candidate is " + agent()
        : why + agent() + " with " + number(scores[chosen]) + second();
  }
}
