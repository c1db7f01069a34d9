/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/** A mean mark is so many points above what is usual. */
final class ShareRule implements AnomalyRule {
  private final Alert.Kind kind;
  private final String measure;
  private final int mark;
  private final boolean highIsGood;
  private final double points;
  private final double pointsWhenOver;
  private final double nats;
  private final DoubleSupplier usual;
  private final IntSupplier usualSamples;

  private ShareRule(
      Alert.Kind kind,
      String measure,
      int mark,
      double points,
      double pointsWhenOver,
      double nats,
      DoubleSupplier usual,
      IntSupplier usualSamples) {
    this.kind = kind;
    this.measure = measure;
    this.mark = mark;
    this.highIsGood = kind == Alert.Kind.ACCURACY_DROP;
    this.points = points;
    this.pointsWhenOver = pointsWhenOver;
    this.nats = nats;
    this.usual = usual;
    this.usualSamples = usualSamples;
  }

  static AnomalyRule accuracy(AlertLimits limits, LearnedNorm norm) {
    return new ShareRule(
        Alert.Kind.ACCURACY_DROP,
        "quality",
        RecentMarks.LOSS,
        limits.accuracyDrop(),
        AlertLimits.RESOLVED_ACCURACY,
        limits.nats(),
        norm::loss,
        norm::samples);
  }

  static AnomalyRule errors(AlertLimits limits, LearnedNorm norm) {
    return new ShareRule(
        Alert.Kind.ERROR_RATE_INCREASE,
        "errors",
        RecentMarks.FAILED,
        limits.errorIncrease(),
        AlertLimits.RESOLVED_ERRORS,
        limits.nats(),
        norm::failed,
        norm::samples);
  }

  static AnomalyRule violations(
      AlertLimits limits, DoubleSupplier usual, IntSupplier usualSamples) {
    return new ShareRule(
        Alert.Kind.VIOLATION_SPIKE,
        "violations",
        RecentMarks.FAILED,
        limits.violationIncrease(),
        AlertLimits.RESOLVED_ERRORS,
        limits.nats(),
        usual,
        usualSamples);
  }

  @Override
  public Alert.Kind kind() {
    return kind;
  }

  @Override
  public boolean begins(int n, double[] sums) {
    double mean = sums[mark] / n;
    double before = usual.getAsDouble();
    return mean >= before + points
        && ChernoffBound.apart(mean, n, before, usualSamples.getAsInt()) >= nats;
  }

  @Override
  public boolean ends(int n, double[] sums) {
    double mean = sums[mark] / n;
    double before = usual.getAsDouble();
    double limit = Math.min(1, before + points);
    return mean <= before + pointsWhenOver
        && mean < limit
        && n * ChernoffBound.kl(mean, limit) >= AlertLimits.RESOLVED_NATS;
  }

  @Override
  public Found found(int n, double[] sums) {
    double mean = sums[mark] / n;
    double before = usual.getAsDouble();
    double low = ChernoffBound.low(mean, n, nats);
    double high = ChernoffBound.high(mean, n, nats);
    boolean critical = mean >= before + 2 * points;
    return highIsGood
        ? new Found(measure, 1 - mean, 1 - before, 1 - high, 1 - low, critical)
        : new Found(measure, mean, before, low, high, critical);
  }
}
