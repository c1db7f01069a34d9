/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

/**
 * {@code y = factor * x^exponent}, fitted by least squares on logarithms.
 *
 * @param factor y at x = 1
 * @param exponent 0 if y does not grow, 1 if it grows as x does
 * @param error standard error of the exponent; NaN with fewer than three points
 */
record PowerLaw(double factor, double exponent, double error) {

  /**
   * Fits the law.
   *
   * @param x above 0, at least two different
   * @param y above 0, as many
   */
  static PowerLaw fit(double[] x, double[] y) {
    int n = x.length;
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < n; i++) {
      meanX += Math.log(x[i]) / n;
      meanY += Math.log(y[i]) / n;
    }
    double sxx = 0;
    double sxy = 0;
    for (int i = 0; i < n; i++) {
      double dx = Math.log(x[i]) - meanX;
      sxx += dx * dx;
      sxy += dx * (Math.log(y[i]) - meanY);
    }
    if (!(sxx > 0)) {
      throw new IllegalArgumentException("a law needs two different sizes, got " + n + " points");
    }
    double exponent = sxy / sxx;
    double intercept = meanY - exponent * meanX;
    double left = 0;
    for (int i = 0; i < n; i++) {
      double residual = Math.log(y[i]) - intercept - exponent * Math.log(x[i]);
      left += residual * residual;
    }
    double error = n > 2 ? Math.sqrt(left / (n - 2) / sxx) : Double.NaN;
    return new PowerLaw(Math.exp(intercept), exponent, error);
  }

  double at(double x) {
    return factor * Math.pow(x, exponent);
  }
}
