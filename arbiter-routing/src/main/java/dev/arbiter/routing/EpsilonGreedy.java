/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.MeanRecord.RecordLearner;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Motive;
import java.util.Map;
import java.util.random.RandomGenerator;

/** See {@link BanditPolicy#epsilonGreedy(double, double)}. */
final class EpsilonGreedy implements RecordLearner {
  static final String NAME = "epsilon-greedy";
  private static final double LEAST = .01;

  private final RandomGenerator random;
  private final double decay;
  private final MeanRecord record = new MeanRecord();
  private double epsilon;

  EpsilonGreedy(RandomGenerator random, double epsilon, double decay) {
    this.random = random;
    this.epsilon = epsilon;
    this.decay = decay;
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    int size = candidates.size();
    double[] scores = new double[size];
    double highest = Double.NEGATIVE_INFINITY;
    int ties = 0;
    for (int i = 0; i < size; i++) {
      scores[i] = record.counts.rate(candidates.rows[i]);
      ties = scores[i] > highest ? 1 : scores[i] == highest ? ties + 1 : ties;
      highest = Math.max(highest, scores[i]);
    }
    double chance = Math.max(LEAST, epsilon);
    epsilon *= decay;
    boolean explore = random.nextDouble() < chance;
    int chosen =
        explore
            ? random.nextInt(size)
            : place(scores, highest, ties == 1 ? 0 : random.nextInt(ties));
    String why = explore ? "explores one at random, here " : "exploits the best record, ";
    double each = chance / size;
    double ofBest = each + (1 - chance) / ties;
    double best = highest;
    return new ScoredDecision(
        id,
        NAME,
        candidates.listed,
        chosen,
        scores,
        candidate -> scores[candidate] == best ? ofBest : each,
        explore ? Motive.EXPLORE : Motive.EXPLOIT,
        why,
        candidate -> Map.of("record", scores[candidate]));
  }

  @Override
  public void continues(Continuation continuation) {
    RecordLearner.super.continues(continuation);
    continuation.numbers("epsilon", () -> new double[] {epsilon}, numbers -> epsilon = numbers[0]);
  }

  private static int place(double[] scores, double highest, int tie) {
    int left = tie;
    for (int i = 0; i < scores.length; i++) {
      if (scores[i] == highest && left-- == 0) {
        return i;
      }
    }
    throw new AssertionError("no score is the highest");
  }

  @Override
  public MeanRecord record() {
    return record;
  }
}
