/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import java.util.Arrays;

/** Takes the candidate with the highest index: deterministic, and of equals the least asked. */
abstract class IndexLearner implements Learner {
  /** Whose index, or who was asked how often, changed. */
  final RowLog changes = new RowLog();

  private final String name;

  /* Decisions for each agent, so that while outcomes are late equals are tried in turn. */
  private long[] asked = new long[0];

  IndexLearner(String name) {
    this.name = name;
  }

  /** Computes what all candidates of a decision share. */
  void begin(Slate slate) {}

  /** What is compared; infinite for who must be tried first. */
  abstract double index(Slate slate, int candidate);

  /** The beginning of the reason, up to the chosen agent's name. */
  abstract String why(Slate slate, int chosen);

  @Override
  public BanditDecision choose(long id, RoutingRequest request, Slate slate, int category) {
    begin(slate);
    double[] scores = new double[slate.size()];
    int best = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = index(slate, i);
      if (scores[i] > scores[best]
          || (scores[i] == scores[best] && asked[slate.rows[i]] < asked[slate.rows[best]])) {
        best = i;
      }
    }
    int chosen = best;
    ask(slate.rows[chosen]);
    return new ScoredDecision(
        id,
        name,
        slate.agents,
        chosen,
        scores,
        candidate -> candidate == chosen ? 1 : 0,
        why(slate, chosen));
  }

  final String name() {
    return name;
  }

  /** How many decisions were for an agent. */
  final long asked(int row) {
    return asked[row];
  }

  final void ask(int row) {
    asked[row]++;
    changes.add(row);
  }

  @Override
  public void rows(int count) {
    if (count > asked.length) {
      asked = Arrays.copyOf(asked, Math.max(count, 2 * asked.length));
    }
  }

  @Override
  public void learn(Feedback feedback) {}

  @Override
  public void forget(int row) {
    asked[row] = 0;
    changes.add(row);
  }
}
