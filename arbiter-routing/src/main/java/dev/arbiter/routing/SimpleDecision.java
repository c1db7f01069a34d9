/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.List;

/** A decision whose probability is known when it is made. */
final class SimpleDecision extends BanditDecision {
  private final String policy;
  private final int arm;
  private final double probability;
  private final boolean explored;

  SimpleDecision(
      Learner learner,
      long id,
      String policy,
      List<RegisteredAgent> considered,
      double[] scores,
      int chosen,
      int arm,
      double probability,
      boolean explored) {
    super(learner, id, considered, scores, chosen);
    this.policy = policy;
    this.arm = arm;
    this.probability = probability;
    this.explored = explored;
  }

  int arm() {
    return arm;
  }

  @Override
  public String policy() {
    return policy;
  }

  @Override
  public double probability() {
    return probability;
  }

  @Override
  public String reason() {
    return (explored ? "explored: " : "best score: ") + comparison();
  }
}
