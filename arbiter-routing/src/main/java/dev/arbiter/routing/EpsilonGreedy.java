/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import java.util.random.RandomGenerator;

/** See {@link BanditPolicy#epsilonGreedy(double, double)}. */
final class EpsilonGreedy extends MeanLearner {
  static final String NAME = "epsilon-greedy";
  private static final double FLOOR = 0.01;

  private final RandomGenerator random;
  private final double decay;
  private double epsilon;

  EpsilonGreedy(RandomGenerator random, double start, double decay) {
    this.random = random;
    this.epsilon = start;
    this.decay = decay;
  }

  @Override
  public BanditDecision choose(RoutingRequest request, long id) {
    int[] rows = rows(request.candidates(), id);
    double[] scores = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      scores[i] = arms.pulls[rows[i]] == 0 ? Double.POSITIVE_INFINITY : arms.mean(rows[i]);
    }
    double chance = Math.max(FLOOR, epsilon);
    epsilon *= decay;
    boolean explore = random.nextDouble() < chance;
    int greedy = BanditDecision.best(scores);
    int chosen = explore ? random.nextInt(rows.length) : greedy;
    double probability = chance / rows.length + (chosen == greedy ? 1 - chance : 0);
    arms.pulls[rows[chosen]]++;
    return new SimpleDecision(
        this,
        id,
        NAME,
        request.candidates(),
        scores,
        chosen,
        rows[chosen],
        probability,
        explore && chosen != greedy);
  }
}
