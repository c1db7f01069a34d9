/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.List;
import java.util.random.RandomGenerator;

/** See {@link BanditPolicy#restarting(BanditPolicy)}. */
final class Restarting implements Learner {
  static final String PREFIX = "glr-";
  private static final double FORCED = .01;

  private final String name;
  private final Learner inner;
  private final RandomGenerator random;
  private final ChangeDetector changes = new ChangeDetector();
  private long turns;

  Restarting(String name, Learner inner, RandomGenerator random) {
    this.name = name;
    this.inner = inner;
    this.random = random;
  }

  @Override
  public long alarms() {
    return changes.alarms();
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    BanditDecision own = inner.choose(id, ofInner(request), candidates, category);
    if (changes.alarms() == 0 || !request.failed().isEmpty()) {
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

  /** Failed decisions as the inner policy made them; one forced on it stays unknown to it. */
  private static RoutingRequest ofInner(RoutingRequest request) {
    if (request.failed().isEmpty()) {
      return request;
    }
    List<RoutingDecision> failed = request.failed().stream().map(Restarting::ofInner).toList();
    return new RoutingRequest(
        request.task(), request.candidates(), request.performance(), failed, request.exclusions());
  }

  private static RoutingDecision ofInner(RoutingDecision decision) {
    return decision instanceof ForcedDecision d ? d.followed() : decision;
  }

  @Override
  public void rows(int count) {
    inner.rows(count);
    changes.rows(count);
  }

  @Override
  public void learn(Feedback feedback) {
    inner.learn(feedback);
    if (!feedback.isFallback() && changes.add(feedback.row(), feedback.reward())) {
      inner.forget(feedback.row());
    }
  }

  @Override
  public void forget(int row) {
    inner.forget(row);
    changes.forget(row);
  }

  @Override
  public LearnedSums summed() {
    return inner.summed();
  }
}
