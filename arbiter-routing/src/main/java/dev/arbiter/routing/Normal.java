/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** A normal distribution. */
record Normal(double mean, double deviation) implements Distribution {
  private static final double FAR = 8;

  @Override
  public double cumulative(double score) {
    return BetaFunction.normal((score - mean) / deviation);
  }

  @Override
  public double low() {
    return mean - FAR * deviation;
  }

  @Override
  public double high() {
    return mean + FAR * deviation;
  }
}
