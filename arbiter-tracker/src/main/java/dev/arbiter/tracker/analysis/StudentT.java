/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

/** Student's t distribution. */
final class StudentT {
  /*
   * P(T > t) is half the regularised incomplete beta function at v / (v + t^2), which is computed by
   * its continued fraction with the modified method of Lentz (Numerical Recipes, 6.4, names both).
   */
  private static final double TINY = 1e-300;
  private static final int MOST_TERMS = 500;
  private static final int HALVINGS = 80;

  private StudentT() {}

  static double cdf(double t, double freedom) {
    double tail = 0.5 * beta(freedom / (freedom + t * t), freedom / 2, 0.5);
    return t > 0 ? 1 - tail : tail;
  }

  /** The inverse of {@link #cdf}, for shares of at least a half. */
  static double quantile(double share, double freedom) {
    double high = 1;
    while (cdf(high, freedom) < share && high < 1e9) {
      high *= 2;
    }
    double low = 0;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (cdf(middle, freedom) < share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  private static double beta(double x, double a, double b) {
    if (x <= 0) {
      return 0;
    }
    if (x >= 1) {
      return 1;
    }
    if (x > (a + 1) / (a + b + 2)) {
      return 1 - beta(1 - x, b, a);
    }
    double log = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
    return Math.exp(log) * fraction(x, a, b) / a;
  }

  private static double fraction(double x, double a, double b) {
    double c = 1;
    double d = 1 / nonZero(1 - (a + b) * x / (a + 1));
    double value = d;
    for (int m = 1; m <= MOST_TERMS; m++) {
      double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 / nonZero(1 + even * d);
      c = nonZero(1 + even / c);
      value *= d * c;
      double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
      d = 1 / nonZero(1 + odd * d);
      c = nonZero(1 + odd / c);
      double step = d * c;
      value *= step;
      if (Math.abs(step - 1) < 1e-15) {
        break;
      }
    }
    return value;
  }

  private static double nonZero(double x) {
    return Math.abs(x) < TINY ? TINY : x;
  }

  /** By Stirling's series, after moving the argument up to where it is exact. */
  private static double logGamma(double x) {
    double shift = 0;
    double y = x;
    while (y < 10) {
      shift += Math.log(y);
      y += 1;
    }
    double inverse = 1 / (y * y);
    double series =
        (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse / 1680))) / y;
    return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
  }
}
