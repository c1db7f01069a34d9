/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** Distribution functions that propensities are integrated from. */
final class BetaFunction {
  private static final double TINY = 1e-300;
  private static final double PRECISE = 1e-12;
  private static final int MOST_STEPS = 500;
  private static final double STIRLING_FROM = 10;

  private BetaFunction() {}

  /**
   * The chance that a Beta(alpha, beta) is at most x: the regularised incomplete beta function, by
   * its continued fraction (DLMF 8.17.22) after Lentz.
   */
  static double cumulative(double x, double alpha, double beta) {
    if (x <= 0) {
      return 0;
    }
    if (x >= 1) {
      return 1;
    }
    double front =
        Math.exp(
            logGamma(alpha + beta)
                - logGamma(alpha)
                - logGamma(beta)
                + alpha * Math.log(x)
                + beta * Math.log1p(-x));
    return x < (alpha + 1) / (alpha + beta + 2)
        ? front * fraction(x, alpha, beta) / alpha
        : 1 - front * fraction(1 - x, beta, alpha) / beta;
  }

  private static double fraction(double x, double a, double b) {
    double c = 1;
    double d = 1 / away(1 - (a + b) * x / (a + 1));
    double value = d;
    for (int m = 1; m <= MOST_STEPS; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / away(1 + even * d);
      c = away(1 + even / c);
      value *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / away(1 + odd * d);
      c = away(1 + odd / c);
      value *= d * c;
      if (Math.abs(d * c - 1) < PRECISE) {
        break;
      }
    }
    return value;
  }

  private static double away(double value) {
    return Math.abs(value) < TINY ? TINY : value;
  }

  /** Stirling's series after moving the argument up to 10, for positive arguments. */
  static double logGamma(double argument) {
    double x = argument;
    double product = 1;
    while (x < STIRLING_FROM) {
      product *= x++;
    }
    double r = 1 / (x * x);
    double series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r / 1680))) / x;
    return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
  }

  /** The chance that a standard normal is at most z, by Marsaglia's series; exact to 1e-13. */
  static double normal(double z) {
    if (z < -8 || z > 8) {
      return z < 0 ? 0 : 1;
    }
    double sum = z;
    double term = z;
    for (int i = 3; sum + term != sum; i += 2) {
      term *= z * z / i;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
  }
}
