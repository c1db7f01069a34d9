/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

import java.util.random.RandomGenerator;

/** Draws from gamma and beta distributions; not thread-safe. */
public final class Sampler {
  /*
   * Gamma: Marsaglia and Tsang, "A Simple Method for Generating Gamma Variables", ACM TOMS 26
   * (2000), with their power of a uniform below shape 1. A sampler of commons-rng is an
   * object for one pair of parameters; here every draw has its own parameters, so each candidate
   * would cost an allocation.
   *
   * Beta with many observations on both sides: the normal approximation with the first
   * Cornish-Fisher term for its skew, which needs no square root of its own. It is within .007 of
   * the exact distribution function wherever isNarrow says so (SamplerTest); without the skew term
   * it would be within .05.
   */
  private static final double NARROW_TOTAL = 38;
  private static final double NARROW_SIDE = 8;

  private final RandomGenerator random;

  public Sampler(RandomGenerator random) {
    this.random = random;
  }

  /** Whether {@link #beta} draws from the approximation: 8 of the prior and 30 observed. */
  public static boolean isNarrow(double alpha, double beta) {
    return alpha + beta >= NARROW_TOTAL && alpha >= NARROW_SIDE && beta >= NARROW_SIDE;
  }

  /** The factor of z^2 - 1 in the approximation. */
  public static double skew(double alpha, double beta) {
    double total = alpha + beta;
    return (beta - alpha) / (3 * total * (total + 2));
  }

  /** Draws from Beta(alpha, beta). */
  public double beta(double alpha, double beta) {
    return isNarrow(alpha, beta) ? narrow(alpha, beta) : wide(alpha, beta);
  }

  private double narrow(double alpha, double beta) {
    // One division for mean, variance and skew together: it is what a draw costs most.
    double total = alpha + beta;
    double share = 1 / (total * (total + 1) * (total + 2));
    double mean = alpha * (total + 1) * (total + 2) * share;
    double deviation = Math.sqrt(mean * beta * (total + 2) * share);
    double skew = (beta - alpha) * (total + 1) * share / 3;
    double z = Gaussian.next(random);
    return clip(mean + deviation * z + skew * (z * z - 1));
  }

  private double wide(double alpha, double beta) {
    double successes = gamma(alpha);
    double failures = gamma(beta);
    double sum = successes + failures;
    return sum > 0 ? successes / sum : alpha / (alpha + beta);
  }

  /** Draws from Gamma(shape, 1). */
  public double gamma(double shape) {
    if (shape < 1) {
      return gamma(shape + 1) * Math.pow(1 - random.nextDouble(), 1 / shape);
    }
    double d = shape - 1.0 / 3;
    double c = 1 / Math.sqrt(9 * d);
    while (true) {
      double z = Gaussian.next(random);
      double root = 1 + c * z;
      if (root <= 0) {
        continue;
      }
      double v = root * root * root;
      double u = 1 - random.nextDouble();
      double square = z * z;
      if (u < 1 - 0.0331 * square * square
          || Math.log(u) < 0.5 * square + d * (1 - v + Math.log(v))) {
        return d * v;
      }
    }
  }

  /** The value, cut to the range from 0 to 1. */
  public static double clip(double value) {
    return value < 0 ? 0 : value > 1 ? 1 : value;
  }
}
