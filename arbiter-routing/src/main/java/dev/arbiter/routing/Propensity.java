/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/**
 * How likely each of several shifted Beta draws is to be the highest.
 *
 * <p>By the trapezoidal rule over the range in which the highest can lie: the integral of f_i(y)
 * times the product of F_j(y) over the others; where some draws are known to be higher still, of 1
 * - F_k(y) over those.
 */
final class Propensity {
  private static final int POINTS = 1_024;
  private static final double DEVIATIONS = 7;

  private final double[][] density;
  private final double[][] below;
  private final double step;

  /**
   * Prepares the distributions.
   *
   * @param posteriors for each draw alpha, beta, shift, and of a second Beta it may come from
   *     instead: alpha, beta, shift, and the chance of that
   */
  Propensity(double[] posteriors) {
    int draws = posteriors.length / Posteriors.WIDTH;
    double from = Double.POSITIVE_INFINITY;
    double to = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < posteriors.length; i += Posteriors.WIDTH) {
      int parts = posteriors[i + Posteriors.WIDTH - 1] > 0 ? 2 : 1;
      for (int part = 0; part < parts; part++) {
        double alpha = posteriors[i + 3 * part];
        double beta = posteriors[i + 3 * part + 1];
        double shift = posteriors[i + 3 * part + 2];
        double mean = alpha / (alpha + beta);
        double spread = DEVIATIONS * Math.sqrt(mean * (1 - mean) / (alpha + beta + 1));
        from = Math.min(from, shift + Math.max(0, mean - spread));
        to = Math.max(to, shift + Math.min(1, mean + spread));
      }
    }
    step = (to - from) / POINTS;
    density = new double[draws][POINTS];
    below = new double[draws][POINTS];
    for (int i = 0; i < draws; i++) {
      fill(i, posteriors, from);
    }
  }

  private void fill(int draw, double[] posteriors, double from) {
    int at = draw * Posteriors.WIDTH;
    double chance = posteriors[at + Posteriors.WIDTH - 1];
    addBeta(draw, posteriors, at, from, 1 - chance);
    if (chance > 0) {
      addBeta(draw, posteriors, at + 3, from, chance);
    }
    double sum = 0;
    for (int p = 0; p < POINTS; p++) {
      below[draw][p] = sum + density[draw][p] / 2;
      sum += density[draw][p];
    }
  }

  /* Normalised by its own sum over the grid, so that no Beta function is needed. */
  private void addBeta(int draw, double[] posteriors, int at, double from, double weight) {
    double alpha = posteriors[at];
    double beta = posteriors[at + 1];
    double shift = posteriors[at + 2];
    double[] logs = new double[POINTS];
    double highest = Double.NEGATIVE_INFINITY;
    for (int p = 0; p < POINTS; p++) {
      double x = from + (p + 0.5) * step - shift;
      logs[p] =
          x <= 0 || x >= 1
              ? Double.NEGATIVE_INFINITY
              : (alpha - 1) * Math.log(x) + (beta - 1) * Math.log(1 - x);
      highest = Math.max(highest, logs[p]);
    }
    double sum = 0;
    for (int p = 0; p < POINTS; p++) {
      logs[p] = Math.exp(logs[p] - highest);
      sum += logs[p];
    }
    for (int p = 0; p < POINTS; p++) {
      density[draw][p] += weight * logs[p] / sum;
    }
  }

  /**
   * The chance that a draw is the highest of those still in.
   *
   * @param draw which draw
   * @param higher those known to be higher than it
   * @param out those that do not count, the higher ones among them
   */
  double ofHighest(int draw, boolean[] higher, boolean[] out) {
    double[] chances = new double[density.length];
    double total = 0;
    for (int i = 0; i < density.length; i++) {
      if (!out[i]) {
        chances[i] = unnormalised(i, higher, out);
        total += chances[i];
      }
    }
    return total > 0 ? chances[draw] / total : 1.0 / density.length;
  }

  private double unnormalised(int draw, boolean[] higher, boolean[] out) {
    double[] product = density[draw].clone();
    for (int j = 0; j < density.length; j++) {
      if (j != draw && (higher[j] || !out[j])) {
        for (int p = 0; p < POINTS; p++) {
          product[p] *= higher[j] ? 1 - below[j][p] : below[j][p];
        }
      }
    }
    return Arrays.stream(product).sum();
  }
}
