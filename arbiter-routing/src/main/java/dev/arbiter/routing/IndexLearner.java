/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Motive;
import java.util.Arrays;
import java.util.Map;

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

  /** What an index is the sum of, if it is one; of what the slate itself says, never of records. */
  Map<String, Double> parts(Slate slate, int candidate, double index) {
    return Map.of();
  }

  /** What moved the policy to choose. */
  Motive motive(Slate slate, int chosen) {
    return Motive.RULE;
  }

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
        motive(slate, chosen),
        why(slate, chosen),
        candidate -> parts(slate, candidate, scores[candidate]));
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
