/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** One of two distributions, by chance. */
record Mixture(double weight, ShiftedBeta first, ShiftedBeta second) implements Distribution {
  @Override
  public double cumulative(double score) {
    return weight * first.cumulative(score) + (1 - weight) * second.cumulative(score);
  }

  @Override
  public double mean() {
    return weight * first.mean() + (1 - weight) * second.mean();
  }

  @Override
  public double low() {
    return Math.min(first.low(), second.low());
  }

  @Override
  public double high() {
    return Math.max(first.high(), second.high());
  }
}
