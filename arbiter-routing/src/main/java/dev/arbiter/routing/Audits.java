/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** How far what each agent claims of its work is believed, by what checks of it found. */
final class Audits {
  private static final double LEAST_CHANCE = .1;
  private static final double PRIOR = 4;

  /** How many sums there are of an agent. */
  static final int SUMS = 2;

  private double[] upheld = new double[0];
  private double[] refuted = new double[0];

  void rows(int count) {
    if (count > upheld.length) {
      int length = Math.max(count, 2 * upheld.length);
      upheld = Arrays.copyOf(upheld, length);
      refuted = Arrays.copyOf(refuted, length);
    }
  }

  void forget(int row) {
    upheld[row] = 0;
    refuted[row] = 0;
  }

  /** What a claim counts, where what was checked counts 1. */
  double belief(int row) {
    return (PRIOR / 2 + upheld[row]) / (PRIOR + upheld[row] + refuted[row]);
  }

  /** The chance with which the next claim is to be checked: a few at once, then one in ten. */
  double chance(int row) {
    return Math.max(LEAST_CHANCE, PRIOR / (PRIOR + upheld[row] + refuted[row]));
  }

  void learn(int row, boolean stood) {
    if (stood) {
      upheld[row]++;
    } else {
      refuted[row]++;
    }
  }

  double[] sums(int row) {
    return new double[] {upheld[row], refuted[row]};
  }

  void add(int row, double[] change) {
    upheld[row] = Math.max(0, upheld[row] + change[0]);
    refuted[row] = Math.max(0, refuted[row] + change[1]);
  }
}
