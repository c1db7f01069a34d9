/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Gives agents with few tasks a share of decisions, whatever another policy thinks of them. */
final class Newcomers implements Learner {
  private static final String WHY = "explores: a newcomer has its share of first tasks, here ";

  private final Learner inner;
  private final RandomGenerator random;
  private final double share;
  private final int first;
  private int[] asked = new int[0];

  /** Until an agent was given its first tasks it is a newcomer. */
  Newcomers(Learner inner, RandomGenerator random, double share, int first) {
    this.inner = inner;
    this.random = random;
    this.share = share;
    this.first = first;
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    BanditDecision own = inner.choose(id, ofInner(request), candidates, category);
    int newcomer = request.failed().isEmpty() ? newcomer(candidates) : own.chosen;
    boolean anybody = asked[candidates.rows[newcomer]] < first && request.failed().isEmpty();
    boolean force = anybody && random.nextDouble() < share;
    BanditDecision decision =
        new ForcedDecision(id, own.policy(), own, anybody ? share : 0, newcomer, force, WHY);
    asked[candidates.rows[decision.chosen]]++;
    return decision;
  }

  /** Who was asked least. */
  private int newcomer(CandidateSet candidates) {
    int least = 0;
    for (int i = 1; i < candidates.size(); i++) {
      least = asked[candidates.rows[i]] < asked[candidates.rows[least]] ? i : least;
    }
    return least;
  }

  private static RoutingRequest ofInner(RoutingRequest request) {
    if (request.failed().isEmpty()) {
      return request;
    }
    List<RoutingDecision> failed =
        request.failed().stream()
            .map(decision -> decision instanceof ForcedDecision d ? d.followed() : decision)
            .toList();
    return new RoutingRequest(
        request.task(), request.candidates(), request.performance(), failed, request.exclusions());
  }

  @Override
  public void rows(int count) {
    inner.rows(count);
    if (count > asked.length) {
      asked = Arrays.copyOf(asked, Math.max(count, 2 * asked.length));
    }
  }

  @Override
  public void learn(Feedback feedback) {
    inner.learn(feedback);
  }

  @Override
  public long alarms() {
    return inner.alarms();
  }

  @Override
  public void revalue(int row, double more) {
    inner.revalue(row, more);
  }

  @Override
  public void forget(int row) {
    inner.forget(row);
    asked[row] = 0;
  }

  @Override
  public LearnedSums summed() {
    return inner.summed();
  }
}
