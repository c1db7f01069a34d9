/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.random.RandomGenerator;

/**
 * Draws from Beta distributions, each as a ratio of two Gamma draws.
 *
 * <p>Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM Transactions on
 * Mathematical Software 26 (2000); shapes below 1 by the power of a uniform number they give there.
 */
final class BetaSampler {
  private final RandomGenerator random;

  BetaSampler(RandomGenerator random) {
    this.random = random;
  }

  double draw(double alpha, double beta) {
    double a = gamma(alpha);
    double b = gamma(beta);
    return a + b > 0 ? a / (a + b) : alpha / (alpha + beta);
  }

  double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double z = random.nextGaussian();
      double v = 1 + c * z;
      if (v <= 0) {
        continue;
      }
      v = v * v * v;
      double u = 1 - random.nextDouble();
      if (u < 1 - 0.0331 * z * z * z * z || Math.log(u) < 0.5 * z * z + d * (1 - v + Math.log(v))) {
        return d * v;
      }
    }
  }
}
