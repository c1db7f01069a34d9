/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.internal.Require;

/**
 * Two-sided geometric noise: a whole number x with probability proportional to exp(-abs(x) /
 * scale).
 */
final class GeometricNoise {
  /*
   * Ghosh, Roughgarden, Sundararajan, "Universally Utility-Maximizing Privacy Mechanisms" (STOC
   * 2009), drawn as in Canonne, Kamath, Steinke, "The Discrete Gaussian for Differential Privacy"
   * (NeurIPS 2020), algorithms 1 and 2. All arithmetic is in whole numbers: with doubles, the set
   * of possible outputs reveals the input (Mironov 2012). 1 / scale is the fraction s / t in lowest
   * terms.
   *
   * Every loop ends with probability one half or more in each round; the limits catch a broken
   * source. The time of a draw depends on its result: an observer who times single answers to the
   * microsecond learns some of the noise.
   */
  private static final int MOST_ROUNDS = 4096;
  private static final int MOST_STEPS = 512;
  private static final long MOST_T = 1L << 53;

  private final long s;
  private final long t;

  /** Hides a change of the inputs of all outputs together by the sensitivity, at this epsilon. */
  GeometricNoise(long sensitivity, long epsilonMicros) {
    long whole = Math.multiplyExact(sensitivity, PrivacyUnits.MICROS);
    long divisor = gcd(whole, epsilonMicros);
    this.t = whole / divisor;
    this.s = epsilonMicros / divisor;
    Require.that(
        t <= MOST_T, "privacy.question.epsilon is too small for bounds so wide: scale %s", scale());
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  double scale() {
    return (double) t / s;
  }

  /** 2 a / (1 - a)^2 with a = exp(-1 / scale). */
  double variance() {
    double sinh = Math.sinh(1 / scale() / 2);
    return 1 / (2 * sinh * sinh);
  }

  /** The least k such that noise of k or more has probability at most delta: a^k / (1 + a). */
  long upperTail(double delta) {
    double a = Math.exp(-1 / scale());
    double k = scale() * -Math.log(delta * (1 + a));
    return Math.max(0, (long) Math.ceil(k * (1 + 1e-9)));
  }

  long draw(RandomBits bits) {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      long rest = bits.below(t);
      if (!exp(rest, t, bits)) {
        continue;
      }
      long size = (rest + t * wholes(bits)) / s;
      boolean negative = bits.bit();
      if (!negative) {
        return size;
      }
      if (size != 0) {
        return -size;
      }
    }
    throw RandomBits.broken();
  }

  /** How often a chance of exp(-1) comes true in a row. */
  private static long wholes(RandomBits bits) {
    for (int wholes = 0; wholes < MOST_STEPS; wholes++) {
      if (!exp(1, 1, bits)) {
        return wholes;
      }
    }
    throw RandomBits.broken();
  }

  /**
   * True with probability exp(-p / q), for p of 0 to q: the parity of the first k that p / (q k)
   * misses.
   */
  private static boolean exp(long p, long q, RandomBits bits) {
    for (int k = 1; k < MOST_STEPS; k++) {
      boolean hit = bits.below(q) < p && bits.below(k) == 0;
      if (!hit) {
        return k % 2 == 1;
      }
    }
    throw RandomBits.broken();
  }
}
