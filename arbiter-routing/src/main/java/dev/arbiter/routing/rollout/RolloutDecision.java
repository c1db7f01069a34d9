/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.task.Explanation;
import dev.arbiter.task.RoutingDecision;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A decision of one router of a rollout, with all that its outcome will need.
 *
 * <p>Everything but the id is the inner decision's, the probability too, because the router of a
 * task follows from its key and not from chance.
 *
 * @param settled whether an outcome came
 * @param comparison that the outcome counts in, null for none
 * @param shadow the candidate's own decision, which learns from the outcome; null for none
 */
record RolloutDecision(
    long id,
    AtomicBoolean settled,
    TrafficSplit owner,
    RoutingDecision inner,
    boolean byCandidate,
    @Nullable Comparison comparison,
    @Nullable RoutingDecision shadow)
    implements RoutingDecision {
  /** True once: the outcome that counts. */
  boolean settle() {
    return settled.compareAndSet(false, true);
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
