/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Explanation.Motive;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;

/** A decision whose probabilities are known when it is made. */
final class ScoredDecision extends BanditDecision {
  private final double[] scores;
  private final IntToDoubleFunction probabilities;
  private final Motive motive;
  private final IntFunction<Map<String, Double>> parts;
  private final String why;

  /**
   * Shares the scores.
   *
   * @param probabilities the chance of each candidate
   * @param why the beginning of the reason, up to the chosen agent's name
   * @param parts the parts whose sum is a score
   */
  ScoredDecision(
      long id,
      String policy,
      List<RegisteredAgent> agents,
      int chosen,
      double[] scores,
      IntToDoubleFunction probabilities,
      Motive motive,
      String why,
      IntFunction<Map<String, Double>> parts) {
    super(id, policy, agents, chosen);
    this.scores = scores;
    this.probabilities = probabilities;
    this.motive = motive;
    this.parts = parts;
    this.why = why;
  }

  @Override
  double score(int candidate) {
    return scores[candidate];
  }

  @Override
  Map<String, Double> parts(int candidate) {
    return parts.apply(candidate);
  }

  @Override
  Motive motive() {
    return motive;
  }

  @Override
  double probability(int candidate) {
    return probabilities.applyAsDouble(candidate);
  }

  @Override
  String why() {
    return why + agent() + " with " + number(scores[chosen]) + second();
  }
}
