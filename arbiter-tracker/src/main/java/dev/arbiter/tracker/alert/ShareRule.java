/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.function.DoublePredicate;
import java.util.function.DoubleSupplier;

/** A mean mark is a number of points above its usual value. */
final class ShareRule implements AnomalyRule {
  private final Alert.Kind kind;
  private final String measure;
  private final int mark;
  private final boolean highIsGood;
  private final double points;
  private final double pointsWhenOver;
  private final double nats;
  private final DoubleSupplier usual;
  private final DoubleSupplier forOne;
  private final DoublePredicate far;
  private final LearnedNorm norm;

  private ShareRule(
      Alert.Kind kind,
      String measure,
      int mark,
      double points,
      double pointsWhenOver,
      double nats,
      DoubleSupplier usual,
      DoubleSupplier forOne,
      DoublePredicate far,
      LearnedNorm norm) {
    this.kind = kind;
    this.measure = measure;
    this.mark = mark;
    this.highIsGood = kind == Alert.Kind.ACCURACY_DROP;
    this.points = points;
    this.pointsWhenOver = pointsWhenOver;
    this.nats = nats;
    this.usual = usual;
    this.forOne = forOne;
    this.far = far;
    this.norm = norm;
  }

  static AnomalyRule accuracy(AlertLimits limits, LearnedNorm norm, Dependences dependences) {
    return new ShareRule(
        Alert.Kind.ACCURACY_DROP,
        "quality",
        RecentMarks.LOSS,
        limits.accuracyDrop(),
        AlertLimits.RESOLVED_ACCURACY,
        limits.nats(),
        norm::loss,
        dependences::lossesForOne,
        dependences::isFarLoss,
        norm);
  }

  static AnomalyRule errors(AlertLimits limits, LearnedNorm norm, Dependences dependences) {
    return new ShareRule(
        Alert.Kind.ERROR_RATE_INCREASE,
        "errors",
        RecentMarks.FAILED,
        limits.errorIncrease(),
        AlertLimits.RESOLVED_ERRORS,
        limits.nats(),
        norm::failed,
        dependences::failuresForOne,
        dependences::isFarFailed,
        norm);
  }

  static AnomalyRule violations(AlertLimits limits, LearnedNorm norm, Dependences dependences) {
    return new ShareRule(
        Alert.Kind.VIOLATION_SPIKE,
        "violations",
        RecentMarks.FAILED,
        limits.violationIncrease(),
        AlertLimits.RESOLVED_ERRORS,
        limits.nats(),
        norm::failed,
        dependences::failuresForOne,
        dependences::isFarFailed,
        norm);
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
        && (ChernoffBound.apart(mean, n, before, norm.samples()) >= nats()
            || (n >= LearnedNorm.BLOCK && far.test(mean)));
  }

  private double nats() {
    return nats * forOne.getAsDouble();
  }

  @Override
  public boolean isGood(int n, double[] sums) {
    double mean = sums[mark] / n;
    return mean <= usual.getAsDouble() + pointsWhenOver && mean < limit();
  }

  private double limit() {
    return Math.min(1, usual.getAsDouble() + points);
  }

  @Override
  public boolean ends(int n, double[] sums) {
    return isGood(n, sums)
        && n * ChernoffBound.kl(sums[mark] / n, limit()) >= AlertLimits.RESOLVED_NATS;
  }

  @Override
  public Found found(int n, double[] sums) {
    double mean = sums[mark] / n;
    double before = usual.getAsDouble();
    double low = ChernoffBound.low(mean, n, nats());
    double high = ChernoffBound.high(mean, n, nats());
    boolean critical = mean >= before + 2 * points;
    return highIsGood
        ? new Found(measure, 1 - mean, 1 - before, 1 - high, 1 - low, critical)
        : new Found(measure, mean, before, low, high, critical);
  }
}
