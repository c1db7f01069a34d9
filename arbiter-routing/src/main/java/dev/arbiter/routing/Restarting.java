/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.record.ChangeDetector;
import dev.arbiter.spi.RoutingRequest;
import java.util.random.RandomGenerator;

/** See {@link BanditPolicy#restarting(BanditPolicy)}. */
final class Restarting extends ForcedLearner {
  static final String PREFIX = "glr-";
  private static final double FORCED = .01;

  private final String name;
  private final RandomGenerator random;
  private final ChangeDetector changes = new ChangeDetector();
  private long turns;

  Restarting(String name, Learner inner, RandomGenerator random) {
    super(inner);
    this.name = name;
    this.random = random;
  }

  @Override
  public long alarms() {
    return changes.alarms();
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    BanditDecision own = chooseInner(id, request, candidates, category);
    if (!changes.isAlert() || !request.earlier().isEmpty()) {
      return decision(id, own, 0, own.chosen, false);
    }
    int turn = (int) (turns % candidates.size());
    boolean force = random.nextDouble() < FORCED;
    turns += force ? 1 : 0;
    return decision(id, own, FORCED, turn, force);
  }

  private BanditDecision decision(
      long id, BanditDecision own, double forced, int turn, boolean force) {
    return new ForcedDecision(id, name, own, forced, turn, force, BanditDecision.IN_TURN);
  }

  @Override
  public void continues(Continuation continuation) {
    super.continues(continuation);
    continuation.numbers(
        "restarting",
        () -> new double[] {turns, changes.alarms(), changes.calm()},
        numbers -> {
          turns = (long) numbers[0];
          changes.alarms((long) numbers[1]);
          changes.calm((long) numbers[2]);
        });
    continuation.rows("blocks", changes::blocks, (blocks, row) -> changes.blocks(row, blocks));
  }

  @Override
  public void rows(int count) {
    super.rows(count);
    changes.rows(count);
  }

  @Override
  public void learn(Feedback feedback) {
    super.learn(feedback);
    if (!feedback.isFallback() && changes.add(feedback.row(), feedback.reward())) {
      inner.forget(feedback.row());
    }
  }

  @Override
  public void forget(int row) {
    super.forget(row);
    changes.forget(row);
  }
}
