/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** What {@link Sampler#beta} draws, plus a constant. */
record ShiftedBeta(double alpha, double beta, double shift) implements Distribution {
  private static final double FAR = 8;

  @Override
  public double cumulative(double score) {
    double x = score - shift;
    if (x < 0) {
      return 0;
    }
    if (x >= 1) {
      return 1;
    }
    return Sampler.isNarrow(alpha, beta) ? narrow(x) : BetaFunction.cumulative(x, alpha, beta);
  }

  /* Solves mean + deviation z + skew (z^2 - 1) = x for the root near the bell. */
  private double narrow(double x) {
    double center = alpha / (alpha + beta);
    double deviation = deviation();
    double skew = Sampler.skew(alpha, beta);
    double offset = x - center + skew;
    double root = deviation * deviation + 4 * skew * offset;
    if (root <= 0) {
      return skew > 0 ? 0 : 1;
    }
    return BetaFunction.normal(2 * offset / (deviation + Math.sqrt(root)));
  }

  private double deviation() {
    double total = alpha + beta;
    return Math.sqrt(alpha * beta / (total + 1)) / total;
  }

  @Override
  public double mean() {
    return alpha / (alpha + beta) + shift;
  }

  @Override
  public double low() {
    return shift + Math.max(0, alpha / (alpha + beta) - FAR * deviation());
  }

  @Override
  public double high() {
    return shift + Math.min(1, alpha / (alpha + beta) + FAR * deviation());
  }
}
