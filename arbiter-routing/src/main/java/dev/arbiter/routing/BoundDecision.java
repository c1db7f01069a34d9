/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Explanation.Motive;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A decision for the highest upper confidence bound, whose bounds are computed when asked for. */
final class BoundDecision extends BanditDecision {
  private final Ucb by;
  private final ScoreHistory history;
  private final int moment;
  private final double budget;

  /* Every thread that restores it gets the same, so no lock. */
  private volatile double @Nullable [] records;

  BoundDecision(
      long id, Ucb by, RegisteredAgent[] agents, int chosen, ScoreHistory history, double budget) {
    super(id, by.name(), agents, chosen);
    this.by = by;
    this.history = history;
    this.moment = history.moment();
    this.budget = budget;
  }

  /** Rate and count of every candidate when this was decided. */
  private double[] records() {
    double[] known = records;
    if (known == null) {
      known = history.at(moment);
      records = known;
    }
    return known;
  }

  @Override
  double score(int candidate) {
    double[] then = records();
    return Ucb.bound(then[2 * candidate], then[2 * candidate + 1], budget);
  }

  @Override
  Map<String, Double> parts(int candidate) {
    double[] then = records();
    return Ucb.parts(then[2 * candidate], then[2 * candidate + 1], budget);
  }

  @Override
  Motive motive() {
    return hasBestRecord() ? Motive.EXPLOIT : Motive.EXPLORE;
  }

  @Override
  double probability(int candidate) {
    return candidate == chosen ? 1 : 0;
  }

  @Override
  public double probability() {
    return 1;
  }

  @Override
  public String reason() {
    return by.why(hasBestRecord()) + agent() + " with " + number(score(chosen)) + second();
  }

  private boolean hasBestRecord() {
    double[] then = records();
    int best = 0;
    for (int i = 1; i < agents.length; i++) {
      if (then[2 * i] > then[2 * best]) {
        best = i;
      }
    }
    return best == chosen;
  }
}
