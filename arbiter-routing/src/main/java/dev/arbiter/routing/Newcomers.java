/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.record.RowSums;
import dev.arbiter.spi.RoutingRequest;
import java.util.random.RandomGenerator;

/** Gives agents with few tasks a share of the decisions, beside another policy. */
final class Newcomers extends ForcedLearner {
  private static final String WHY = "explores: a newcomer has its share of first tasks, here ";

  private final RandomGenerator random;
  private final double share;
  private final int first;
  private long[] asked = new long[0];

  /** An agent is a newcomer until it was given its first tasks. */
  Newcomers(Learner inner, RandomGenerator random, double share, int first) {
    super(inner);
    this.random = random;
    this.share = share;
    this.first = first;
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    BanditDecision own = chooseInner(id, request, candidates, category);
    boolean firstChoice = request.earlier().isEmpty();
    int newcomer = firstChoice ? newcomer(candidates) : own.chosen;
    boolean any = asked[candidates.rows[newcomer]] < first && firstChoice;
    boolean force = any && random.nextDouble() < share;
    BanditDecision decision =
        new ForcedDecision(id, own.policy(), own, any ? share : 0, newcomer, force, WHY);
    asked[candidates.rows[decision.chosen]]++;
    return decision;
  }

  /** The candidate with the fewest decisions. */
  private int newcomer(CandidateSet candidates) {
    int least = 0;
    for (int i = 1; i < candidates.size(); i++) {
      least = asked[candidates.rows[i]] < asked[candidates.rows[least]] ? i : least;
    }
    return least;
  }

  @Override
  public void rows(int count) {
    super.rows(count);
    asked = RowSums.grown(asked, count);
  }

  @Override
  public void continues(Continuation continuation) {
    super.continues(continuation);
    continuation.rows(
        "newcomers",
        row -> new double[] {asked[row]},
        (numbers, row) -> asked[row] = (long) numbers[0]);
  }

  @Override
  public long alarms() {
    return inner.alarms();
  }

  @Override
  public void forget(int row) {
    super.forget(row);
    asked[row] = 0;
  }
}
