/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.internal.Distributions;

/** A weighted straight line by least squares. Not thread-safe. */
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

  /** Adds a point, by the update of West (1979), which avoids cancellation. */
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

  /** 1 less the chance of so steep a line without a trend, two-sided, by Student's t. */
  double confidence() {
    int freedom = points - 2;
    double left = syy - sxy * sxy / sxx;
    double error = Math.sqrt(Math.max(left, TINY * syy) / (freedom * sxx));
    if (error == 0) {
      return sxy == 0 ? 0 : 1;
    }
    return 1 - Distributions.studentTails(sxy / sxx / error, freedom);
  }
}
