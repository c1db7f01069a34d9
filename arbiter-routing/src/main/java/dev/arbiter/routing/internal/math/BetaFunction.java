/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

/** The distribution function of beta distributions, and its inverse. */
public final class BetaFunction {
  private static final double TINY = 1e-300;
  private static final double PRECISE = 1e-12;
  private static final int MOST_STEPS = 500;
  private static final double STIRLING_FROM = 10;
  private static final double START = 1e-3;
  private static final double CLOSE = 1e-4;
  private static final double NARROW = 1e-12;

  private BetaFunction() {}

  /*
   * Our own, because the one of commons-numbers (RegularizedBeta) takes 2.3 times as long for digits
   * that no decision needs, and because quantiles share the front factor between their steps.
   */

  /**
   * The chance that a Beta(alpha, beta) is at most x: the regularised incomplete beta function, by
   * its continued fraction (DLMF 8.17.22) after Lentz.
   */
  public static double cumulative(double x, double alpha, double beta) {
    if (x <= 0) {
      return 0;
    }
    if (x >= 1) {
      return 1;
    }
    return cumulative(x, alpha, beta, front(x, alpha, beta, logBeta(alpha, beta)));
  }

  private static double cumulative(double x, double alpha, double beta, double front) {
    return x < (alpha + 1) / (alpha + beta + 2)
        ? front * fraction(x, alpha, beta) / alpha
        : 1 - front * fraction(1 - x, beta, alpha) / beta;
  }

  private static double front(double x, double alpha, double beta, double logBeta) {
    return Math.exp(alpha * Math.log(x) + beta * Math.log1p(-x) - logBeta);
  }

  /** The logarithm of the beta function, for positive arguments. */
  public static double logBeta(double alpha, double beta) {
    return logGamma(alpha) + logGamma(beta) - logGamma(alpha + beta);
  }

  /**
   * The value that a Beta(alpha, beta) exceeds with a chance of at most a half.
   *
   * <p>Newton's method for the logarithm of the chance, which is concave, between bounds that close
   * in. A step squares the relative error, so a step from an error below 1e-4 is the last.
   *
   * @param near a guess
   */
  public static double exceeded(double chance, double alpha, double beta, double near) {
    double logBeta = logBeta(alpha, beta);
    double low = 0;
    double high = 1;
    double x = Math.min(1 - START, Math.max(START, near));
    while (high - low > NARROW) {
      double front = front(x, alpha, beta, logBeta);
      double tail = cumulative(1 - x, /* alpha= */ beta, /* beta= */ alpha, front);
      double error = Math.log(tail / chance);
      low = error >= 0 ? x : low;
      high = error >= 0 ? high : x;
      double next = x + error * tail * x * (1 - x) / front;
      boolean isInside = next > low && next < high;
      if (isInside && Math.abs(error) < CLOSE) {
        return next;
      }
      x = isInside ? next : (low + high) / 2;
    }
    return x;
  }

  /** The chance that a Beta(alpha, beta) is more than x, precise where it is small. */
  public static double above(double x, double alpha, double beta) {
    return cumulative(1 - x, /* alpha= */ beta, /* beta= */ alpha);
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
  public static double logGamma(double argument) {
    double x = argument;
    double product = 1;
    while (x < STIRLING_FROM) {
      product *= x++;
    }
    double r = 1 / (x * x);
    double series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r / 1680))) / x;
    return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
  }
}
