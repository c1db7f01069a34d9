/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;

/** A decision whose probability is known when it is made. */
final class ScoredDecision extends BanditDecision {
  private final double[] scores;
  private final double probability;
  private final String why;

  /**
   * Shares the scores.
   *
   * @param why the beginning of the reason, up to the chosen agent's name
   */
  ScoredDecision(
      long id,
      String policy,
      RegisteredAgent[] agents,
      int chosen,
      double[] scores,
      double probability,
      String why) {
    super(id, policy, agents, chosen);
    this.scores = scores;
    this.probability = probability;
    this.why = why;
  }

  @Override
  double score(int candidate) {
    return scores[candidate];
  }

  @Override
  public double probability() {
    return probability;
  }

  @Override
  public String reason() {
    return agents.length == 1
        ? "the only candidate is " + agent()
        : why + agent() + " with " + number(scores[chosen]) + second();
  }
}
