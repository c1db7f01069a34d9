/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.task.Explanation;
import dev.arbiter.task.RoutingDecision;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A decision of one of a rollout's routers, which carries all that is needed when its outcome
 * comes.
 *
 * <p>All but the id is the inner decision's, its probability too: which router is asked follows
 * from the task's key and is not left to chance.
 */
final class RolloutDecision implements RoutingDecision {
  private final long id;
  private final AtomicBoolean settled = new AtomicBoolean();
  final TrafficSplit owner;
  final RoutingDecision inner;
  final boolean byCandidate;
  final @Nullable Comparison comparison;
  final @Nullable RoutingDecision shadow;

  /**
   * Wraps.
   *
   * @param comparison what the outcome counts in, null if it does not
   * @param shadow what the candidate learns from the outcome as, null if it does not
   */
  RolloutDecision(
      long id,
      TrafficSplit owner,
      RoutingDecision inner,
      boolean byCandidate,
      @Nullable Comparison comparison,
      @Nullable RoutingDecision shadow) {
    this.id = id;
    this.owner = owner;
    this.inner = inner;
    this.byCandidate = byCandidate;
    this.comparison = comparison;
    this.shadow = shadow;
  }

  /** True once: the outcome that counts. */
  boolean settle() {
    return settled.compareAndSet(false, true);
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public String agent() {
    return inner.agent();
  }

  @Override
  public String policy() {
    return inner.policy();
  }

  @Override
  public double probability() {
    return inner.probability();
  }

  @Override
  public String reason() {
    return inner.reason();
  }

  @Override
  public List<Scored> candidates() {
    return inner.candidates();
  }

  @Override
  public Explanation explanation() {
    return inner.explanation();
  }

  @Override
  public String toString() {
    return (byCandidate ? "candidate: " : "current: ") + inner;
  }
}
