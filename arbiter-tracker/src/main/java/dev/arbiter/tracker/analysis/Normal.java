/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

/** The standard normal distribution. */
final class Normal {
  /*
   * Near the middle the series x + x^3/3 + x^5/(3*5) + ..., times the density (Marsaglia,
   * "Evaluating the normal distribution", Journal of Statistical Software 11 (2004)); beyond 3 the
   * continued fraction of Laplace from its far end, which keeps the relative error of small tails.
   */
  private static final double SERIES_UP_TO = 3;
  private static final int FRACTION_DEPTH = 80;
  private static final double WIDEST = 38;
  private static final int HALVINGS = 60;
  private static final int MOST_STEPS = 20;

  private Normal() {}

  static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  static double cdf(double x) {
    if (x > SERIES_UP_TO) {
      return 1 - upperTail(x);
    }
    if (x < -SERIES_UP_TO) {
      return upperTail(-x);
    }
    double sum = x;
    double term = x;
    for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum); i += 2) {
      term *= x * x / i;
      sum += term;
    }
    return 0.5 + sum * density(x);
  }

  private static double upperTail(double x) {
    double fraction = x;
    for (int i = FRACTION_DEPTH; i > 0; i--) {
      fraction = x + i / fraction;
    }
    return density(x) / fraction;
  }

  /** The inverse of {@link #cdf}, for shares strictly between 0 and 1. */
  static double quantile(double share) {
    if (share > 0.5) {
      return -quantile(1 - share);
    }
    double low = -WIDEST;
    double high = 0;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (cdf(middle) < share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }

  /** The same for shares up to a half, by Newton's method from a value nearby. */
  static double quantile(double share, double near) {
    double x = near;
    for (int i = 0; i < MOST_STEPS; i++) {
      double step = (cdf(x) - share) / density(x);
      x -= step;
      if (Math.abs(step) < 1e-9) {
        break;
      }
    }
    return x;
  }
}
