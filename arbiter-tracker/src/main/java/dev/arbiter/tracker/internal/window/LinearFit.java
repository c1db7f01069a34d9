/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.internal.Distributions;
import java.util.Arrays;

/** A weighted straight line through values that depend on those before them. Not thread-safe. */
final class LinearFit {
  /*
   * Neighbouring values are alike: a queue that is long stays long for a while. A standard error
   * that takes them for independent is too small, and stationary values seem to have a trend: at
   * AR(1) .99, in 60 of 100 looks.
   *
   * The errors are taken for AR(1), weighted, so that fewer attempts mean more noise. Their
   * correlation is estimated from the residuals of the plain line. That estimate is too small,
   * because a line follows slow waves: it is corrected for its bias, (2 + 4 rho) / n (Kendall 1954;
   * Perron and Yabu 2009 for a line), and raised by one standard deviation. The test is that of
   * generalised least squares with this correlation (Prais and Winsten 1954). What correlation is
   * left in its residuals widens its error once more (Andrews and Monahan 1992).
   *
   * At .5 or more no estimate tells a slow process from a random walk in 30 values, so the test is
   * that for a random walk, as Perron and Yabu (2009) propose; its steps have no weights. There
   * only the rise from the first value to the last counts.
   */
  private static final int FEWEST_POINTS = 4;
  private static final int FEWEST_TO_ESTIMATE = 10;
  private static final double TINY = 1e-9;
  private static final double AS_GOOD_AS_A_WALK = 0.5;
  private static final double WALK = 0.995;
  private static final double MOST_LEFT_OVER = 0.9;

  private long[] cells = new long[32];
  private double[] values = new double[32];
  private double[] weights = new double[32];
  private int points;
  private boolean fitted;
  private double meanX;
  private double meanY;
  private double sxx;
  private double sxy;
  private double syy;

  /** Adds a value in a cell of time; cells come in order, values in one cell are averaged. */
  void add(long cell, double value, double weight) {
    if (!(weight > 0)) {
      return;
    }
    if (points > 0 && cells[points - 1] == cell) {
      int last = points - 1;
      weights[last] += weight;
      values[last] += (value - values[last]) * weight / weights[last];
      return;
    }
    if (points == cells.length) {
      cells = Arrays.copyOf(cells, 2 * points);
      values = Arrays.copyOf(values, 2 * points);
      weights = Arrays.copyOf(weights, 2 * points);
    }
    cells[points] = cell;
    values[points] = value;
    weights[points++] = weight;
  }

  /** The update of West (1979) avoids cancellation. */
  private void fit() {
    if (fitted) {
      return;
    }
    fitted = true;
    double weight = 0;
    for (int i = 0; i < points; i++) {
      weight += weights[i];
      double dx = cells[i] - cells[0] - meanX;
      double dy = values[i] - meanY;
      meanX += dx * weights[i] / weight;
      meanY += dy * weights[i] / weight;
      sxx += weights[i] * dx * (cells[i] - cells[0] - meanX);
      sxy += weights[i] * dx * (values[i] - meanY);
      syy += weights[i] * dy * (values[i] - meanY);
    }
  }

  boolean holds() {
    fit();
    return points >= FEWEST_POINTS && sxx > 0;
  }

  double mean() {
    fit();
    return meanY;
  }

  /** Cells from the first to the last. */
  long span() {
    return points == 0 ? 0 : cells[points - 1] - cells[0];
  }

  /** How much the line rises from the first point to the last. */
  double rise() {
    fit();
    return sxy / sxx * span();
  }

  /**
   * 1 less the chance of so steep a line without a trend, two-sided.
   *
   * @param usual a rise between neighbouring windows that means nothing, one standard deviation
   */
  double confidence(double usual) {
    fit();
    if (Math.max(syy - sxy * sxy / sxx, TINY * syy) <= 0) {
      return sxy == 0 ? 0 : 1;
    }
    double[] residuals = new double[points];
    double left = 0;
    for (int i = 0; i < points; i++) {
      double at = cells[i] - cells[0] - meanX;
      residuals[i] = Math.sqrt(weights[i]) * (values[i] - meanY - sxy / sxx * at);
      left += residuals[i] * residuals[i];
    }
    double correlation = left <= TINY * syy ? 0 : correlation(residuals, left);
    Test test = new Test(correlation);
    double rise = test.slope * span();
    double error = Math.hypot(test.error * span(), usual);
    return 1 - Distributions.studentTails(rise / error, Math.max(1, points - 3));
  }

  /** That of neighbours, without the bias of the line, and a standard deviation more. */
  private double correlation(double[] residuals, double left) {
    if (points < FEWEST_TO_ESTIMATE) {
      return WALK;
    }
    double products = 0;
    for (int i = 1; i < points; i++) {
      products += residuals[i] * residuals[i - 1];
    }
    double estimate = (points * products / left + 2) / (points - 4);
    double deviation = Math.sqrt(Math.max(0.02, 1 - estimate * estimate) / points);
    double upper = estimate + deviation;
    return upper >= AS_GOOD_AS_A_WALK ? WALK : Math.max(0, upper);
  }

  /** The line by generalised least squares, and the standard error of its slope. */
  private final class Test {
    private final double correlation;
    final double slope;
    final double error;

    /* One row of the equations: constant, time, value, each less what the row before foretells. */
    private double one;
    private double time;
    private double value;
    private double lastOne;
    private double lastTime;
    private double lastValue;

    Test(double correlation) {
      this.correlation = correlation;
      double a11 = 0;
      double a12 = 0;
      double a22 = 0;
      double b1 = 0;
      double b2 = 0;
      for (int i = 0; i < points; i++) {
        row(i);
        a11 += one * one;
        a12 += one * time;
        a22 += time * time;
        b1 += one * value;
        b2 += time * value;
      }
      double determinant = a11 * a22 - a12 * a12;
      double level = (a22 * b1 - a12 * b2) / determinant;
      this.slope = (a11 * b2 - a12 * b1) / determinant;
      double squares = 0;
      double products = 0;
      double before = 0;
      for (int i = 0; i < points; i++) {
        row(i);
        double residual = value - level * one - slope * time;
        squares += residual * residual;
        products += residual * before;
        before = residual;
      }
      double over = Math.max(0, Math.min(MOST_LEFT_OVER, products / squares));
      double wider = correlation > 0 && squares > 0 ? (1 + over) / (1 - over) : 1;
      double least = TINY * syy;
      double variance = Math.max(squares, least) / Math.max(1, points - 2);
      this.error = Math.sqrt(wider * variance * a11 / determinant);
    }

    private void row(int i) {
      double root = correlation == WALK ? 1 : Math.sqrt(weights[i]);
      double nowTime = root * (cells[i] - cells[0] - meanX);
      double nowValue = root * (values[i] - meanY);
      if (i == 0) {
        one = root;
        time = nowTime;
        value = nowValue;
      } else {
        double like = Math.pow(correlation, (double) (cells[i] - cells[i - 1]));
        double scale = Math.sqrt(1 - like * like);
        one = (root - like * lastOne) / scale;
        time = (nowTime - like * lastTime) / scale;
        value = (nowValue - like * lastValue) / scale;
      }
      lastOne = root;
      lastTime = nowTime;
      lastValue = nowValue;
    }
  }
}
