/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** The mean over all agents, each weighing the more the more is known of it. */
final class Population {
  /*
   * Kept as two running sums, because every decision needs it; they are summed anew now and then
   * by the owner, so that rounding cannot pile up.
   */
  static final double STRENGTH = 8;

  private double weights;
  private double weighted;

  /** Takes out what an agent weighed. */
  void remove(double successes, double outcomes) {
    add(successes, outcomes, -1);
  }

  /** Puts in what an agent weighs. */
  void add(double successes, double outcomes) {
    add(successes, outcomes, 1);
  }

  private void add(double successes, double outcomes, double sign) {
    if (outcomes > 0) {
      double weight = outcomes / (outcomes + STRENGTH);
      weights += sign * weight;
      weighted += sign * weight * successes / outcomes;
    }
  }

  void clear() {
    weights = 0;
    weighted = 0;
  }

  double mean() {
    return Math.max(1e-3, Math.min(1 - 1e-3, (1 + weighted) / (2 + weights)));
  }
}
