/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

/** The distribution of one candidate's score. */
public sealed interface Distribution {
  /** The chance of a score of at most this. */
  double cumulative(double score);

  /** The mean score. */
  double mean();

  /** Practically no score is lower. */
  double low();

  /** Practically no score is higher. */
  double high();

  /** The distribution of a draw of {@link Sampler#beta}, plus a constant. */
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
      return Gaussian.cumulative(2 * offset / (deviation + Math.sqrt(root)));
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

  /** One of two distributions, by chance. */
  record Mixture(double weight, ShiftedBeta first, ShiftedBeta second) implements Distribution {
    @Override
    public double cumulative(double score) {
      return weight * first.cumulative(score) + (1 - weight) * second.cumulative(score);
    }

    @Override
    public double mean() {
      return weight * first.mean() + (1 - weight) * second.mean();
    }

    @Override
    public double low() {
      return Math.min(first.low(), second.low());
    }

    @Override
    public double high() {
      return Math.max(first.high(), second.high());
    }
  }

  /** A normal distribution. */
  record Normal(double mean, double deviation) implements Distribution {
    private static final double FAR = 8;

    @Override
    public double cumulative(double score) {
      return Gaussian.cumulative((score - mean) / deviation);
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
}
