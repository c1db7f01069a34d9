/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

/** Values that a draw of {@link Sampler#beta} exceeds with a given chance, and bounds on them. */
public final class BetaTail {
  /*
   * canExceed is Bernstein's inequality for beta distributions (Skorski, "Bernstein-type Bounds for
   * Beta Distribution", 2023): with variance v and c = 2(beta - alpha) / (n(n + 2)), n = alpha +
   * beta, a draw exceeds its mean by e with a chance of at most exp(-e^2 / 2(v + max(0,c) e/3)).
   * Solved for e it is also above the value of Sampler's approximation for the normal variate of that
   * chance, from one deviation on; below it, LEAST_REACH is used. Taking n for n + 1 and n + 2 only
   * raises it. Multiplied out it takes no quotient, no root and no logarithm: reach is 2
   * ln(1/chance), bounded from above by the exponent of the chance.
   */
  private static final int LEAST_REACH = 3;
  private static final double TWO_LN_2 = 2 * 0.6931471805599453;

  private BetaTail() {}

  /** At least 2 ln(1/chance). */
  public static double reach(double chance) {
    return TWO_LN_2 * Math.max(LEAST_REACH, -Math.getExponent(chance));
  }

  /**
   * False if a draw of some chance surely stays below a bar.
   *
   * @param gap from the mean to the bar, times the total
   * @param total alpha + beta
   * @param reach of the chance
   */
  public static boolean canExceed(double gap, double alpha, double total, double reach) {
    double beta = total - alpha;
    double skewed = (beta - alpha + Math.abs(beta - alpha)) * gap * (1.0 / 3);
    return gap <= 0 || gap * gap * total <= reach * (alpha * beta + skewed);
  }

  /**
   * The value that a draw exceeds with a chance; if it is surely below a bar, any value below the
   * bar.
   *
   * @param bar negative infinity for the exact value
   */
  public static double exceeded(double chance, double alpha, double beta, double bar) {
    if (chance >= 1) {
      return 0;
    }
    double z = Gaussian.exceeded(chance);
    double total = alpha + beta;
    double deviation = Math.sqrt(alpha * beta / (total + 1)) / total;
    double skew = Sampler.skew(alpha, beta);
    double near = alpha / total + deviation * z + skew * (z * z - 1);
    if (Sampler.isNarrow(alpha, beta)) {
      return Sampler.clip(near);
    }
    if (isBelow(bar, chance, alpha, beta)) {
      return Double.NEGATIVE_INFINITY;
    }
    return chance <= .5
        ? BetaFunction.exceeded(chance, alpha, beta, near)
        : 1 - BetaFunction.exceeded(1 - chance, beta, alpha, 1 - near);
  }

  /** Whether less than a chance is above a bar: by Chernoff's bound, or else computed. */
  private static boolean isBelow(double bar, double chance, double alpha, double beta) {
    double total = alpha + beta;
    double mean = alpha / total;
    if (bar <= mean || bar >= 1) {
      return bar >= 1;
    }
    double bound = Math.exp(-total * Divergence.bernoulli(mean, bar));
    return bound < chance || BetaFunction.above(bar, alpha, beta) < chance;
  }
}
