/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

/** How far apart two success rates are. */
public final class Divergence {
  private Divergence() {}

  /** The Kullback-Leibler divergence of a coin of rate q from one of rate p, in nats. */
  public static double bernoulli(double p, double q) {
    double sum = 0;
    if (p > 0) {
      sum += p * Math.log(p / q);
    }
    if (p < 1) {
      sum += (1 - p) * Math.log((1 - p) / (1 - q));
    }
    return sum;
  }
}
