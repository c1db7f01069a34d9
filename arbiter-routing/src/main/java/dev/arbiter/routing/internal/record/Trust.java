/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

/**
 * How far each agent's declared levels are believed: as far as they foretold its outcomes. The sum
 * is the log of how much better they did than the record; 0 is one half.
 */
public final class Trust extends RowSums {
  private static final double SURE = .01;

  private double[] weights = {};

  public Trust() {
    super(1);
  }

  @Override
  public void rows(int count) {
    super.rows(count);
    weights = RowSums.grown(weights, count, .5);
  }

  @Override
  public void forget(int row) {
    super.forget(row);
    weights[row] = .5;
  }

  /** The chance that the declaration is used. */
  public float weight(int row) {
    return (float) weights[row];
  }

  /** Compares what the declaration and the record foretold with the reward. */
  public void learn(int row, double declared, double recorded, double reward) {
    add(row, likelihood(declared, reward) - likelihood(recorded, reward));
  }

  /** The evidence for an agent's declarations, a logarithm. */
  public double evidence(int row) {
    return get(row, 0);
  }

  /** Adds evidence. */
  public void add(int row, double more) {
    add(row, 0, more);
    weights[row] = 1 / (1 + Math.exp(-evidence(row)));
  }

  private static double likelihood(double foretold, double reward) {
    double p = Math.min(1 - SURE, Math.max(SURE, foretold));
    return reward * Math.log(p) + (1 - reward) * Math.log(1 - p);
  }
}
