/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

/** How far each agent's declared levels are believed: as far as they foretold its outcomes. */
public final class Trust {
  private static final double SURE = .01;

  /* The log of how much better the declaration foretold outcomes than the record did; 0 is a half. */
  private final RowSums evidence = new RowSums(1);
  private double[] weights = {};

  /** Makes room for rows 0 to count - 1. */
  public void rows(int count) {
    evidence.rows(count);
    weights = RowSums.grown(weights, count, .5);
  }

  /** Forgets an agent. */
  public void forget(int row) {
    evidence.forget(row);
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
    return evidence.get(row, 0);
  }

  /** Adds evidence. */
  public void add(int row, double more) {
    evidence.add(row, 0, more);
    weights[row] = 1 / (1 + Math.exp(-evidence.get(row, 0)));
  }

  private static double likelihood(double foretold, double reward) {
    double p = Math.min(1 - SURE, Math.max(SURE, foretold));
    return reward * Math.log(p) + (1 - reward) * Math.log(1 - p);
  }
}
