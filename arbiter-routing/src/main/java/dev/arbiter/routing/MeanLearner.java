/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import java.util.List;

/** What policies over plain means have in common. */
abstract class MeanLearner implements Learner {
  final MeanArms arms = new MeanArms();
  private final Arms rows = new Arms(arms);

  /** The rows of the candidates. */
  final int[] rows(List<RegisteredAgent> candidates, long now) {
    rows.makeRoom(candidates);
    int[] found = new int[candidates.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = rows.row(candidates.get(i), now);
    }
    return found;
  }

  @Override
  public final void learn(BanditDecision decision, Outcome outcome) {
    int row = ((SimpleDecision) decision).arm();
    if (rows.holds(row, decision.agent())) {
      arms.add(row, outcome.reward());
    }
  }
}
