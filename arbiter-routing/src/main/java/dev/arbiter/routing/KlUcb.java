/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.math.Divergence;

/** See {@link BanditPolicy#klUcb()}. */
final class KlUcb extends RecordIndex {
  static final String NAME = "kl-ucb";
  private static final double PRECISE = 1e-9;

  private double budget;

  KlUcb() {
    super(NAME, "bound");
  }

  @Override
  void begin(CandidateSet candidates) {
    budget = Math.log(Math.max(1, record.total()));
  }

  @Override
  double index(int row) {
    return bound(record.counts.rate(row), budget / record.counts.outcomes(row));
  }

  /** The highest rate whose divergence from a rate seen is within a budget. */
  static double bound(double rate, double budget) {
    if (rate >= 1 || budget <= 0) {
      return rate;
    }
    double bound = above(rate, budget);
    double step = 1;
    while (bound < 1 && step > PRECISE) {
      double excess = Divergence.bernoulli(rate, bound) - budget;
      step = excess * bound * (1 - bound) / (bound - rate);
      bound -= step;
    }
    return bound;
  }

  /* Divergence is convex above the rate, so Newton's steps from a point beyond the root go down to
   * the root and never past it. Two such points: Pinsker's inequality, and the divergence without its
   * last term, which alone stays below 1. */
  private static double above(double rate, double budget) {
    double pinsker = rate + Math.sqrt(budget / 2);
    double entropy = rate > 0 ? rate * Math.log(rate) : 0;
    double tail = 1 - (1 - rate) * Math.exp((entropy - budget) / (1 - rate));
    return Math.min(pinsker, tail);
  }
}
