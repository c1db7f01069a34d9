/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.PrunedArgmax.LazyDraws;
import dev.arbiter.routing.internal.math.BetaTail;

/** Draws known by the chance of more than them; computed when asked for. */
sealed class TailDraws extends Draws permits LazyDraws {
  private static final double SMALLEST = 1e-15;
  private static final double EXACTLY = Double.NEGATIVE_INFINITY;

  TailDraws(int size) {
    super(size, false);
  }

  TailDraws(int size, float[] cells) {
    super(size, cells);
  }

  /** Sets a score drawn from the candidate's distribution, before its wait is known. */
  @Override
  final void drawn(int candidate, float score) {
    double more = 1 - distribution(candidate).cumulative(score);
    super.drawn(candidate, (float) Math.max(SMALLEST, more));
  }

  @Override
  final double score(int candidate) {
    double alpha = first(candidate);
    double beta = second(candidate);
    double shift = shift(candidate);
    return BetaTail.exceeded(chance(candidate), alpha, beta, EXACTLY) + shift;
  }

  private double chance(int candidate) {
    return drawn(candidate);
  }

  @Override
  final int best() {
    int best = 0;
    double highest = score(0);
    for (int i = 1; i < size(); i++) {
      if (canExceed(i, highest)) {
        double score = score(i);
        if (score > highest) {
          highest = score;
          best = i;
        }
      }
    }
    return best;
  }

  private boolean canExceed(int candidate, double bar) {
    double total = first(candidate) + second(candidate);
    double gap = (bar - shift(candidate)) * total - first(candidate);
    return BetaTail.canExceed(gap, first(candidate), total, BetaTail.reach(chance(candidate)));
  }
}
