/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** Distribution functions that propensities are integrated from. */
final class BetaFunction {
  private static final double TINY = 1e-300;
  private static final double PRECISE = 1e-12;
  private static final int MOST_STEPS = 500;
  private static final double STIRLING_FROM = 10;
  private static final double START = 1e-3;
  private static final double CLOSE = 1e-4;
  private static final double NARROW = 1e-12;
  private static final double TAIL = .02425;

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

  private static double logBeta(double alpha, double beta) {
    return logGamma(alpha) + logGamma(beta) - logGamma(alpha + beta);
  }

  /**
   * What a Beta(alpha, beta) exceeds with a chance of at most a half: Newton's method for the
   * logarithm of the chance, which is concave, between bounds that close in. A step squares the
   * relative error, so one from 1e-4 is the last.
   *
   * @param near a guess
   */
  static double exceeded(double chance, double alpha, double beta, double near) {
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
  static double above(double x, double alpha, double beta) {
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

  /**
   * What a standard normal exceeds with a chance: rational approximations after Acklam, exact to
   * 2e-9 of the value.
   */
  static double normalExceeded(double chance) {
    if (chance > .5) {
      return -normalExceeded(1 - chance);
    }
    return chance < TAIL ? inTail(chance) : inMiddle(.5 - chance);
  }

  private static double inTail(double chance) {
    double q = Math.sqrt(-2 * Math.log(Math.max(TINY, chance)));
    double top = -7.784894002430293e-3;
    top = top * q - 3.223964580411365e-1;
    top = top * q - 2.400758277161838;
    top = top * q - 2.549732539343734;
    top = top * q + 4.374664141464968;
    top = top * q + 2.938163982698783;
    double bottom = 7.784695709041462e-3;
    bottom = bottom * q + 3.224671290700398e-1;
    bottom = bottom * q + 2.445134137142996;
    bottom = bottom * q + 3.754408661907416;
    return -top / (bottom * q + 1);
  }

  private static double inMiddle(double q) {
    double r = q * q;
    double top = -3.969683028665376e1;
    top = top * r + 2.209460984245205e2;
    top = top * r - 2.759285104469687e2;
    top = top * r + 1.383577518672690e2;
    top = top * r - 3.066479806614716e1;
    top = top * r + 2.506628277459239;
    double bottom = -5.447609879822406e1;
    bottom = bottom * r + 1.615858368580409e2;
    bottom = bottom * r - 1.556989798598866e2;
    bottom = bottom * r + 6.680131188771972e1;
    bottom = bottom * r - 1.328068155288572e1;
    return q * top / (bottom * r + 1);
  }
}
