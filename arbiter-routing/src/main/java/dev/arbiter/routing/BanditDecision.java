/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.List;

/** What every policy's decision has: the candidates, their scores, and whether it was learned. */
abstract class BanditDecision implements RoutingDecision {
  private final Learner learner;
  private final long id;
  private final List<RegisteredAgent> considered;
  private final double[] scores;
  private final int chosen;
  private boolean learned;

  BanditDecision(
      Learner learner, long id, List<RegisteredAgent> considered, double[] scores, int chosen) {
    this.learner = learner;
    this.id = id;
    this.considered = considered;
    this.scores = scores;
    this.chosen = chosen;
  }

  Learner learner() {
    return learner;
  }

  /** Notes that an outcome was learned; false if one was before. Called under the router's lock. */
  boolean markLearned() {
    boolean first = !learned;
    learned = true;
    return first;
  }

  List<RegisteredAgent> considered() {
    return considered;
  }

  double[] scores() {
    return scores;
  }

  int chosen() {
    return chosen;
  }

  @Override
  public final long id() {
    return id;
  }

  @Override
  public final String agent() {
    return considered.get(chosen).id();
  }

  @Override
  public final List<Scored> candidates() {
    List<Scored> scored = new ArrayList<>(scores.length);
    for (int i = 0; i < scores.length; i++) {
      scored.add(new Scored(considered.get(i).id(), scores[i]));
    }
    return scored;
  }

  /** The best candidate but the chosen one; the chosen one itself if it was alone. */
  final int runnerUp() {
    int best = chosen;
    double score = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < scores.length; i++) {
      if (i != chosen && scores[i] > score) {
        best = i;
        score = scores[i];
      }
    }
    return best;
  }

  /** "ada (0.712) before bob (0.644)", or that there was nobody else. */
  final String comparison() {
    if (scores.length == 1) {
      return agent() + ", the only candidate";
    }
    int second = runnerUp();
    return String.format(
        java.util.Locale.ROOT,
        "%s (%.3f) %s %s (%.3f) of %d candidates",
        agent(),
        scores[chosen],
        scores[chosen] >= scores[second] ? "before" : "in spite of",
        considered.get(second).id(),
        scores[second],
        scores.length);
  }

  @Override
  public final String toString() {
    return policy() + " decision " + id + ": " + reason();
  }

  static int best(double[] scores) {
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }
}
