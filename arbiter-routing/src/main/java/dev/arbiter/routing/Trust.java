/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** How far each agent's declared levels are believed: as far as they foretold its outcomes. */
final class Trust {
  private static final double SURE = .01;

  /* The log of how much better the declaration foretold than the record; 0 is one half. */
  private double[] evidence = new double[0];
  private float[] weights = new float[0];

  void rows(int count) {
    if (count > evidence.length) {
      int before = evidence.length;
      evidence = Arrays.copyOf(evidence, Math.max(count, 2 * before));
      weights = Arrays.copyOf(weights, evidence.length);
      Arrays.fill(weights, before, weights.length, .5f);
    }
  }

  void forget(int row) {
    evidence[row] = 0;
    weights[row] = .5f;
  }

  /** The chance that the declaration is used. */
  float weight(int row) {
    return weights[row];
  }

  /** Compares what declaration and record foretold with what came. */
  void learn(int row, double declared, double recorded, double reward) {
    add(row, likelihood(declared, reward) - likelihood(recorded, reward));
  }

  double evidence(int row) {
    return evidence[row];
  }

  void add(int row, double more) {
    evidence[row] += more;
    weights[row] = (float) (1 / (1 + Math.exp(-evidence[row])));
  }

  private static double likelihood(double foretold, double reward) {
    double p = Math.min(1 - SURE, Math.max(SURE, foretold));
    return reward * Math.log(p) + (1 - reward) * Math.log(1 - p);
  }
}
