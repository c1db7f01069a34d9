/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.function.DoubleSupplier;
import java.util.function.IntSupplier;

/** A mean mark is so many points above what is usual. */
final class ShareRule implements Rule {
  private final AnomalyKind kind;
  private final String measure;
  private final int mark;
  private final boolean highIsGood;
  private final double points;
  private final double pointsWhenOver;
  private final double nats;
  private final DoubleSupplier usual;
  private final IntSupplier usualSamples;

  private ShareRule(
      AnomalyKind kind,
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
    this.highIsGood = kind == AnomalyKind.ACCURACY_DROP;
    this.points = points;
    this.pointsWhenOver = pointsWhenOver;
    this.nats = nats;
    this.usual = usual;
    this.usualSamples = usualSamples;
  }

  static Rule accuracy(Limits limits, Norm norm) {
    return new ShareRule(
        AnomalyKind.ACCURACY_DROP,
        "quality",
        Recent.LOSS,
        limits.accuracyDrop(),
        Limits.RESOLVED_ACCURACY,
        limits.nats(),
        norm::loss,
        norm::samples);
  }

  static Rule errors(Limits limits, Norm norm) {
    return new ShareRule(
        AnomalyKind.ERROR_RATE_INCREASE,
        "errors",
        Recent.FAILED,
        limits.errorIncrease(),
        Limits.RESOLVED_ERRORS,
        limits.nats(),
        norm::failed,
        norm::samples);
  }

  static Rule violations(Limits limits, DoubleSupplier usual, IntSupplier usualSamples) {
    return new ShareRule(
        AnomalyKind.VIOLATION_SPIKE,
        "violations",
        Recent.FAILED,
        limits.violationIncrease(),
        Limits.RESOLVED_ERRORS,
        limits.nats(),
        usual,
        usualSamples);
  }

  @Override
  public AnomalyKind kind() {
    return kind;
  }

  @Override
  public boolean begins(int n, double[] sums) {
    double mean = sums[mark] / n;
    double before = usual.getAsDouble();
    return mean >= before + points
        && Evidence.apart(mean, n, before, usualSamples.getAsInt()) >= nats;
  }

  @Override
  public boolean ends(int n, double[] sums) {
    double mean = sums[mark] / n;
    double before = usual.getAsDouble();
    double limit = Math.min(1, before + points);
    return mean <= before + pointsWhenOver
        && mean < limit
        && n * Evidence.kl(mean, limit) >= Limits.RESOLVED_NATS;
  }

  @Override
  public Found found(int n, double[] sums) {
    double mean = sums[mark] / n;
    double before = usual.getAsDouble();
    double low = Evidence.low(mean, n, nats);
    double high = Evidence.high(mean, n, nats);
    boolean critical = mean >= before + 2 * points;
    return highIsGood
        ? new Found(measure, 1 - mean, 1 - before, 1 - high, 1 - low, critical)
        : new Found(measure, mean, before, low, high, critical);
  }
}
