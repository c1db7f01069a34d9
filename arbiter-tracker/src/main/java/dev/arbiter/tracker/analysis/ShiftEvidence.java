/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.tracker.internal.Distributions;
import java.util.Arrays;

/** Evidence that the values of one metric moved away from a reference sample. Not thread-safe. */
final class ShiftEvidence {
  /*
   * A value becomes the normal score of its rank in the reference, so neither the form of the
   * distribution nor outliers matter. Without a change the scores have mean b, the error of the
   * reference itself, which is normal with variance 1/m. The mean of n scores then has variance s^2
   * = 1/n + 1/m. The e-value is a likelihood ratio: with a shift d > 0 whose size is half-normal
   * with scale t, over without:
   *
   *   2 sqrt(s^2 / (s^2 + t^2)) exp(x^2 t^2 / (2 s^2 (s^2 + t^2))) Phi(x t / (s sqrt(s^2 + t^2)))
   *
   * The mean is sufficient for the path of scores, so this is a ratio of two mixtures over the
   * whole path. Without a shift it is a martingale. By Ville's inequality it reaches 1/a with
   * probability at most a, however often one looks (Robbins, "Statistical methods related to the
   * law of the iterated logarithm", Annals of Mathematical Statistics 41 (1970)).
   *
   * Without ties the variance of scores is that of the ranks, and known. With few distinct values
   * it is an estimate that is too small exactly when the mean is, as with rare failures: 5.8 %
   * false alarms instead of 5 %. Therefore it is raised by one standard error.
   */
  private static final double SCALE = 0.25;
  private static final int MOST_REFERENCE = 10_000;
  private static final int FEW_VALUES = 10;

  private final double[] reference;
  private final double[] scores;
  private final int referenceSize;
  private final double meanScore;
  private final double deviation;
  private final boolean rising;
  private final boolean byMean;
  private final double referenceMean;
  private final long[] ranks;
  private long n;
  private double scoreSum;
  private double sum;

  ShiftEvidence(RegressionWatch.Direction worse, double[] sample) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    this.rising = worse == RegressionWatch.Direction.HIGHER;
    this.referenceSize = sorted.length;
    this.referenceMean = Arrays.stream(sorted).average().orElse(0);
    this.byMean = Arrays.stream(sorted).distinct().limit(FEW_VALUES).count() < FEW_VALUES;
    this.reference = thinned(sorted);
    this.scores = scores(reference.length);
    this.ranks = new long[scores.length];
    double[] own = Arrays.stream(reference).map(value -> scores[rank(value)]).toArray();
    this.meanScore = Arrays.stream(own).average().orElse(0);
    double variance = centralMoment(own, 2);
    double kurtosis = centralMoment(own, 4) / (variance * variance);
    double error = byMean ? Math.sqrt((kurtosis - 1) / own.length) : 0;
    this.deviation = Math.sqrt(variance * (1 + error));
  }

  private double centralMoment(double[] own, int power) {
    return Arrays.stream(own).map(score -> Math.pow(score - meanScore, power)).average().orElse(0);
  }

  /** The normal score of each half rank; the upper half mirrors the lower. */
  private static double[] scores(int ranks) {
    double[] scores = new double[2 * ranks + 1];
    for (int i = 0; i < ranks; i++) {
      scores[i] = Distributions.normalQuantile((i + 1) / (2.0 * ranks + 2));
      scores[2 * ranks - i] = -scores[i];
    }
    return scores;
  }

  private static double[] thinned(double[] sorted) {
    if (sorted.length <= MOST_REFERENCE) {
      return sorted;
    }
    double[] thin = new double[MOST_REFERENCE];
    for (int i = 0; i < thin.length; i++) {
      thin[i] = sorted[(int) ((i + 0.5) * sorted.length / MOST_REFERENCE)];
    }
    return thin;
  }

  int referenceSize() {
    return referenceSize;
  }

  boolean varies() {
    return deviation > 1e-9;
  }

  void add(double value) {
    int rank = rank(value);
    ranks[rank]++;
    n++;
    sum += value;
    scoreSum += (scores[rank] - meanScore) / deviation;
  }

  /** Twice the number of reference values below, plus the number that are equal. */
  private int rank(double value) {
    return below(value, false) + below(value, true);
  }

  private int below(double value, boolean orEqual) {
    int low = 0;
    int high = reference.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (reference[middle] < value || (orEqual && reference[middle] == value)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  long samples() {
    return n;
  }

  double evidence() {
    if (n == 0) {
      return 1;
    }
    double mean = (rising ? scoreSum : -scoreSum) / n;
    double noise = 1.0 / n + 1.0 / referenceSize;
    double scale = SCALE * SCALE;
    double both = noise + scale;
    double log = Math.log(2) + 0.5 * Math.log(noise / both);
    log += mean * mean * scale / (2 * noise * both);
    return Math.exp(log) * Distributions.normal(mean * SCALE / Math.sqrt(noise * both));
  }

  /** How much worse, relative to the reference. */
  double change() {
    double before = byMean ? referenceMean : median(reference);
    double now = byMean ? sum / n : reference[medianRank()];
    double worse = rising ? now - before : before - now;
    if (worse == 0) {
      return 0;
    }
    return before == 0 ? Math.copySign(1e9, worse) : worse / Math.abs(before);
  }

  private static double median(double[] sorted) {
    return sorted[(sorted.length - 1) / 2];
  }

  /**
   * The position of the new values' median in the reference; its ends represent all values beyond.
   */
  private int medianRank() {
    long seen = 0;
    for (int rank = 0; rank < ranks.length; rank++) {
      seen += ranks[rank];
      if (2 * seen >= n) {
        return Math.min(reference.length - 1, rank / 2);
      }
    }
    return reference.length - 1;
  }
}
