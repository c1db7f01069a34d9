/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A decision by draws, with the distributions they came from. */
final class ThompsonDecision extends BanditDecision {
  private final int type;
  private final int[] rows;
  private final double[] posteriors;
  private final double forcedChance;
  private final int inTurn;
  private final boolean forced;
  private final @Nullable ThompsonDecision before;
  private double probability = Double.NaN;

  /**
   * Keeps what a decision was made of.
   *
   * @param inTurn the candidate a forced choice would fall on
   * @param forced whether this was one
   * @param before the failed decision whose draws this one reuses
   */
  ThompsonDecision(
      Learner learner,
      long id,
      List<RegisteredAgent> considered,
      double[] scores,
      int chosen,
      int type,
      int[] rows,
      double[] posteriors,
      double forcedChance,
      int inTurn,
      boolean forced,
      @Nullable ThompsonDecision before) {
    super(learner, id, considered, scores, chosen);
    this.type = type;
    this.rows = rows;
    this.posteriors = posteriors;
    this.forcedChance = forcedChance;
    this.inTurn = inTurn;
    this.forced = forced;
    this.before = before;
  }

  int type() {
    return type;
  }

  int row() {
    return rows[chosen()];
  }

  int[] rows() {
    return rows;
  }

  double[] posteriors() {
    return posteriors;
  }

  @Nullable ThompsonDecision before() {
    return before;
  }

  boolean isForced() {
    return forced;
  }

  @Override
  public String policy() {
    return AdaptiveThompson.NAME;
  }

  @Override
  public synchronized double probability() {
    if (Double.isNaN(probability)) {
      probability = compute();
    }
    return probability;
  }

  private double compute() {
    if (rows.length == 1) {
      return 1;
    }
    boolean[] higher = new boolean[rows.length];
    boolean[] gone = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      gone[i] = scores()[i] == Double.NEGATIVE_INFINITY;
      higher[i] = gone[i] && before != null && !before.forced;
    }
    double drawn = new Propensity(posteriors).ofHighest(chosen(), higher, gone);
    return (1 - forcedChance) * drawn + (chosen() == inTurn ? forcedChance : 0);
  }

  @Override
  public String reason() {
    if (before != null) {
      return "next best of the same draws: " + comparison();
    }
    return (forced ? "in turn, because an agent changed: " : "highest draw: ") + comparison();
  }
}
