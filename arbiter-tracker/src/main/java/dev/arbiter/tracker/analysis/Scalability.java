/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import dev.arbiter.tracker.internal.Distributions;
import java.util.Arrays;
import java.util.Optional;

/**
 * How throughput grows with load, by the universal scalability law: {@code X(N) = lambda N / (1 +
 * alpha (N - 1) + beta N (N - 1))}.
 *
 * <p>Fitted by least squares with alpha and beta not below 0. Intervals are 95 %, by the delta
 * method with Student's t, cut at 0. A figure whose interval reaches 0 is not distinguishable from
 * 0, and a prediction that depends on it is a guess. A beta that is not {@link
 * ConfidenceInterval#isPositive} means that the measured loads do not show where throughput will
 * fall: measure higher ones.
 *
 * <p>Source: Gunther, "Guerrilla Capacity Planning" (2007), chapters 4 to 6.
 *
 * @param lambda throughput of load 1
 * @param alpha share of work that waits for its turn
 * @param beta cost of keeping each pair in agreement
 * @param r2 share of the variance that the curve explains
 * @param points the number of measurements
 * @param peak the load with the highest throughput, empty when beta is not distinguishable from 0
 */
public record Scalability(
    ConfidenceInterval lambda,
    ConfidenceInterval alpha,
    ConfidenceInterval beta,
    double r2,
    int points,
    Optional<ConfidenceInterval> peak) {
  private static final int FEWEST_POINTS = 6;
  private static final int FEWEST_LOADS = 4;
  private static final double CONFIDENCE = 0.975;

  /**
   * Fits the law.
   *
   * @param loads concurrent agents or requests, above 0
   * @param throughputs work done at each load in a unit of time, above 0
   * @return the fit; empty for insufficient data: fewer than 6 points, fewer than 4 different
   *     loads, or loads that cannot tell the three parameters apart
   * @throws IllegalArgumentException if the lengths differ or a figure is not above 0 and finite
   */
  public static Optional<Scalability> fit(double[] loads, double[] throughputs) {
    check(loads, throughputs);
    if (loads.length < FEWEST_POINTS || Arrays.stream(loads).distinct().count() < FEWEST_LOADS) {
      return Optional.empty();
    }
    UslFit fit = new UslFit(loads, throughputs);
    UslFit.Solution free = fit.free();
    UslFit.Solution best = fit.allowed(free);
    double[][] inverse = fit.inverse(free);
    if (inverse == null) {
      return Optional.empty();
    }
    int freedom = loads.length - 3;
    double t = Distributions.studentQuantile(CONFIDENCE, freedom);
    double variance = free.residual() / freedom;
    ConfidenceInterval[] estimates = new ConfidenceInterval[3];
    for (int i = 0; i < 3; i++) {
      double margin = t * Math.sqrt(variance * inverse[i][i]);
      double middle = free.parameter(i);
      estimates[i] =
          new ConfidenceInterval(
              best.parameter(i), Math.max(0, middle - margin), Math.max(0, middle + margin));
    }
    return Optional.of(
        new Scalability(
            estimates[0],
            estimates[1],
            estimates[2],
            1 - best.residual() / spread(throughputs),
            loads.length,
            peak(estimates[1], estimates[2], inverse, variance, t)));
  }

  private static void check(double[] loads, double[] throughputs) {
    Require.that(
        loads.length == throughputs.length,
        "scalability needs one throughput for each load, got %s and %s",
        loads.length,
        throughputs.length);
    for (double[] figures : new double[][] {loads, throughputs}) {
      for (double figure : figures) {
        if (!(figure > 0) || Double.isInfinite(figure)) {
          throw new IllegalArgumentException(
              "scalability needs loads and throughputs above 0, got " + figure);
        }
      }
    }
  }

  private static double spread(double[] values) {
    double mean = Arrays.stream(values).average().orElse(0);
    return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
  }

  private static Optional<ConfidenceInterval> peak(
      ConfidenceInterval alpha,
      ConfidenceInterval beta,
      double[][] inverse,
      double variance,
      double t) {
    double a = 1 - alpha.value();
    double b = beta.value();
    if (!beta.isPositive() || b <= 0 || a <= 0) {
      return Optional.empty();
    }
    double peak = Math.sqrt(a / b);
    double byAlpha = -peak / (2 * a);
    double byBeta = -peak / (2 * b);
    double spread =
        byAlpha * byAlpha * inverse[1][1]
            + 2 * byAlpha * byBeta * inverse[1][2]
            + byBeta * byBeta * inverse[2][2];
    double margin = t * Math.sqrt(variance * Math.max(0, spread));
    return Optional.of(new ConfidenceInterval(peak, Math.max(0, peak - margin), peak + margin));
  }

  /**
   * The throughput of the curve at a load; beyond the measured loads it is a guess.
   *
   * @param load above 0
   * @return the throughput
   */
  public double throughput(double load) {
    return UslFit.throughput(new double[] {lambda.value(), alpha.value(), beta.value()}, load);
  }
}
