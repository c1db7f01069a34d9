/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.task.RoutingDecision;
import java.util.List;

/**
 * What is left of a routing decision in a store: which agent, and who chose it. Probability and
 * scores are not kept.
 */
public record KeptDecision(long id, String agent, String policy) implements RoutingDecision {

  /** The kept part of a decision. */
  public static KeptDecision of(RoutingDecision decision) {
    return decision instanceof KeptDecision kept
        ? kept
        : new KeptDecision(decision.id(), decision.agent(), decision.policy());
  }

  /** {@return NaN: it is not kept} */
  @Override
  public double probability() {
    return Double.NaN;
  }

  @Override
  public String reason() {
    return "chosen by " + policy + " before the store was opened again";
  }

  @Override
  public List<Scored> candidates() {
    return List.of();
  }
}
