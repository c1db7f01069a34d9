/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

/** The evidence, in nats, that means of values in [0,1] differ. */
final class ChernoffBound {
  /*
   * Chernoff's bound holds for every distribution on [0,1], not only for coins: the mean of n such
   * values is x or further from its expectation p with probability at most exp(-n kl(x, p)).
   */
  private static final int HALVINGS = 50;

  private ChernoffBound() {}

  /** The Kullback-Leibler divergence of a coin that shows x from one that shows p. */
  static double kl(double x, double p) {
    return term(x, p) + term(1 - x, 1 - p);
  }

  private static double term(double x, double p) {
    if (x <= 0) {
      return 0;
    }
    return p <= 0 ? Double.POSITIVE_INFINITY : x * Math.log(x / p);
  }

  /** The likelihood ratio of two means against one common mean. */
  static double apart(double x, double n, double p, double m) {
    double pooled = (n * x + m * p) / (n + m);
    return n * kl(x, pooled) + m * kl(p, pooled);
  }

  /** The lowest expectation that n values with mean x are compatible with. */
  static double low(double x, double n, double nats) {
    double out = 0;
    double in = x;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (out + in) / 2;
      if (n * kl(x, middle) > nats) {
        out = middle;
      } else {
        in = middle;
      }
    }
    return in;
  }

  /** The highest one. */
  static double high(double x, double n, double nats) {
    return 1 - low(1 - x, n, nats);
  }
}
