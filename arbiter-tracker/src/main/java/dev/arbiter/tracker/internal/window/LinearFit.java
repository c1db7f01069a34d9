/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

/** A straight line through weighted points, by least squares; not thread-safe. */
public final class LinearFit {
  private static final int FEWEST_POINTS = 4;
  private static final double TINY = 1e-9;

  private int points;
  private double weight;
  private double meanX;
  private double meanY;
  private double sxx;
  private double sxy;
  private double syy;
  private double firstX = Double.POSITIVE_INFINITY;
  private double lastX = Double.NEGATIVE_INFINITY;

  /** Adds a point, by the update of West (1979), which does not cancel. */
  void add(double x, double y, double w) {
    if (!(w > 0)) {
      return;
    }
    points++;
    weight += w;
    double dx = x - meanX;
    double dy = y - meanY;
    meanX += dx * w / weight;
    meanY += dy * w / weight;
    sxx += w * dx * (x - meanX);
    sxy += w * dx * (y - meanY);
    syy += w * dy * (y - meanY);
    firstX = Math.min(firstX, x);
    lastX = Math.max(lastX, x);
  }

  boolean holds() {
    return points >= FEWEST_POINTS && sxx > 0;
  }

  double mean() {
    return meanY;
  }

  double span() {
    return points == 0 ? 0 : lastX - firstX;
  }

  /** How much the line rises from the first point to the last. */
  double rise() {
    return sxy / sxx * span();
  }

  /**
   * 1 less the chance of so steep a line without a trend, two-sided. Student's t is taken to the
   * normal by the approximation of Wallace (1959), good to 0.002 from two degrees of freedom on.
   */
  double confidence() {
    int freedom = points - 2;
    double left = syy - sxy * sxy / sxx;
    double error = Math.sqrt(Math.max(left, TINY * syy) / (freedom * sxx));
    if (error == 0) {
      return sxy == 0 ? 0 : 1;
    }
    double t = sxy / sxx / error;
    double z =
        (8.0 * freedom + 1)
            / (8.0 * freedom + 3)
            * Math.sqrt(freedom * Math.log1p(t * t / freedom));
    return 1 - 2 * upperTail(z);
  }

  /** Chance of a standard normal above z, at least 0: Abramowitz and Stegun 26.2.17. */
  private static double upperTail(double z) {
    double k = 1 / (1 + 0.2316419 * z);
    double series =
        k
            * (0.319381530
                + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
    return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * series;
  }
}
