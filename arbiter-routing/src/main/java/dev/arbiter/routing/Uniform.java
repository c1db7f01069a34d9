/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Motive;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;

/** See {@link BanditPolicy#uniform()}. */
final class Uniform implements Learner {
  static final String NAME = "uniform";

  private final RandomGenerator random;

  Uniform(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    int size = candidates.size();
    double[] scores = new double[size];
    Arrays.fill(scores, 1.0 / size);
    return new ScoredDecision(
        id,
        NAME,
        candidates.agents,
        random.nextInt(size),
        scores,
        candidate -> scores[candidate],
        Motive.RULE,
        "takes any with the same chance, ",
        candidate -> Map.of());
  }

  @Override
  public void rows(int count) {}

  @Override
  public void learn(Feedback feedback) {}

  @Override
  public void forget(int row) {}
}
