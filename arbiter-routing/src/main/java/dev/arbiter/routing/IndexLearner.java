/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.ScoreView.ChangeLog;
import dev.arbiter.routing.internal.record.RowSums;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Motive;
import java.util.Map;

/** Chooses the candidate with the highest index, of equals the one with the fewest decisions. */
abstract class IndexLearner implements Learner {
  /** Agents whose index, or number of decisions, changed. */
  final ChangeLog changes = new ChangeLog();

  private final String name;

  /* Decisions for each agent: while outcomes are late, equals are tried in turn. */
  private long[] asked = new long[0];

  IndexLearner(String name) {
    this.name = name;
  }

  /** Computes what all candidates of a decision share. */
  void begin(CandidateSet candidates) {}

  /** The index of a candidate; infinite if it must be tried first. */
  abstract double index(CandidateSet candidates, int candidate);

  /** The parts of an index that is a sum; of the candidate set alone, never of records. */
  Map<String, Double> parts(CandidateSet candidates, int candidate, double index) {
    return Map.of();
  }

  /** The motive of a choice. */
  Motive motive(CandidateSet candidates, int chosen) {
    return Motive.RULE;
  }

  /** The beginning of the reason, up to the chosen agent's name. */
  abstract String why(CandidateSet candidates, int chosen);

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    begin(candidates);
    double[] scores = new double[candidates.size()];
    int best = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = index(candidates, i);
      if (scores[i] > scores[best]
          || (scores[i] == scores[best]
              && asked[candidates.rows[i]] < asked[candidates.rows[best]])) {
        best = i;
      }
    }
    int chosen = best;
    ask(candidates.rows[chosen]);
    return new ScoredDecision(
        id,
        name,
        candidates.listed,
        chosen,
        scores,
        candidate -> candidate == chosen ? 1 : 0,
        motive(candidates, chosen),
        why(candidates, chosen),
        candidate -> parts(candidates, candidate, scores[candidate]));
  }

  final String name() {
    return name;
  }

  /** Decisions for an agent. */
  final long asked(int row) {
    return asked[row];
  }

  final void ask(int row) {
    asked[row]++;
    changes.add(row);
  }

  @Override
  public void rows(int count) {
    asked = RowSums.grown(asked, count);
  }

  @Override
  public void continues(Continuation continuation) {
    continuation.rows(
        "asked",
        row -> new double[] {asked[row]},
        (numbers, row) -> asked[row] = (long) numbers[0]);
  }

  @Override
  public void learn(Feedback feedback) {}

  @Override
  public void forget(int row) {
    asked[row] = 0;
    changes.add(row);
  }
}
