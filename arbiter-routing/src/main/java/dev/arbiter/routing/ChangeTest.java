/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Watches the last outcomes of one agent for a sudden change of its mean.
 *
 * <p>A generalised likelihood-ratio test for Bernoulli means (Besson and Kaufmann, "The Generalized
 * Likelihood Ratio Test meets klUCB", 2019): alarm if for some split of n outcomes into i and n -
 * i, i kl(m1, m) + (n - i) kl(m2, m) exceeds ln(3 n^1.5 / delta). Differs from the paper: splits
 * fall between blocks of 5 outcomes only, and the last 200 outcomes are kept.
 */
final class ChangeTest {
  private static final int BLOCK = 5;
  private static final int BLOCKS = 40;
  private static final double DELTA = 0.01;

  private final float[] sums = new float[BLOCKS];
  private int blocks;
  private float filling;
  private int filled;

  /** What is left of an agent's evidence after a change. */
  record Rest(double successes, double outcomes) {}

  /** Takes one outcome; the evidence since the change if it gives the alarm. */
  @Nullable Rest add(double reward) {
    filling += (float) reward;
    if (++filled < BLOCK) {
      return null;
    }
    if (blocks == BLOCKS) {
      System.arraycopy(sums, 1, sums, 0, BLOCKS - 1);
      blocks--;
    }
    sums[blocks++] = filling;
    filling = 0;
    filled = 0;
    return test();
  }

  private @Nullable Rest test() {
    double total = 0;
    for (int i = 0; i < blocks; i++) {
      total += sums[i];
    }
    double n = BLOCK * (double) blocks;
    double mean = total / n;
    double best = 0;
    int split = 0;
    double before = 0;
    for (int i = 1; i < blocks; i++) {
      before += sums[i - 1];
      double n1 = BLOCK * (double) i;
      double n2 = n - n1;
      double ratio = n1 * kl(before / n1, mean) + n2 * kl((total - before) / n2, mean);
      if (ratio > best) {
        best = ratio;
        split = i;
      }
    }
    if (best <= Math.log(3 * n * Math.sqrt(n) / DELTA)) {
      return null;
    }
    System.arraycopy(sums, split, sums, 0, blocks - split);
    blocks -= split;
    double kept = 0;
    for (int i = 0; i < blocks; i++) {
      kept += sums[i];
    }
    return new Rest(kept, BLOCK * (double) blocks);
  }

  void clear() {
    Arrays.fill(sums, 0);
    blocks = 0;
    filling = 0;
    filled = 0;
  }

  /** Kullback-Leibler divergence of two Bernoulli distributions, in nats. */
  static double kl(double p, double q) {
    double a = p == 0 ? 0 : p * Math.log(p / q);
    double b = p == 1 ? 0 : (1 - p) * Math.log((1 - p) / (1 - q));
    return Math.max(0, a + b);
  }
}
