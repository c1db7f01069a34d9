/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

/** The median, or the 95th percentile, is a multiple of the usual one. */
final class LatencyRule implements AnomalyRule {
  /*
   * The median is at least three times the usual one exactly when half of the attempts take that
   * long; for the 95th percentile it is a twentieth. So a spike is a share as well, and the test
   * for chance uses shares: it assumes no form of the distribution.
   */
  private static final double MIDDLE = 0.5;
  private static final double TAIL = 0.05;

  private final AlertLimits limits;
  private final LearnedNorm norm;
  private final RecentMarks recent;
  private final Dependences dependences;

  /** A rule for attempts that do not depend on each other. */
  LatencyRule(AlertLimits limits, LearnedNorm norm, RecentMarks recent) {
    this(limits, norm, recent, new Dependences(norm, limits.latencyMultiplier()));
  }

  LatencyRule(AlertLimits limits, LearnedNorm norm, RecentMarks recent, Dependences dependences) {
    this.limits = limits;
    this.norm = norm;
    this.recent = recent;
    this.dependences = dependences;
  }

  @Override
  public Alert.Kind kind() {
    return Alert.Kind.LATENCY_SPIKE;
  }

  @Override
  public boolean begins(int n, double[] sums) {
    return middleBegins(n, sums)
        || middleIsFar(n, sums)
        || (norm.knowsTail() && begins(n, sums[RecentMarks.SLOW_TAIL] / n, TAIL, norm.slowTail()));
  }

  private boolean middleIsFar(int n, double[] sums) {
    return n >= LearnedNorm.BLOCK
        && sums[RecentMarks.SLOW] >= MIDDLE * n
        && dependences.isFarMedian(recent.sortedMillis(n)[n / 2]);
  }

  private boolean middleBegins(int n, double[] sums) {
    return begins(n, sums[RecentMarks.SLOW] / n, MIDDLE, norm.slow());
  }

  private boolean begins(int n, double share, double limit, double usual) {
    return share >= limit
        && share > usual
        && ChernoffBound.apart(share, n, usual, norm.samples()) >= nats();
  }

  private double nats() {
    return limits.nats() * dependences.timesForOne();
  }

  @Override
  public boolean isGood(int n, double[] sums) {
    return sums[RecentMarks.ABOVE] <= TAIL * n && sums[RecentMarks.SLOW] < MIDDLE * n;
  }

  @Override
  public boolean ends(int n, double[] sums) {
    return isGood(n, sums)
        && n * ChernoffBound.kl(sums[RecentMarks.SLOW] / n, MIDDLE) >= AlertLimits.RESOLVED_NATS;
  }

  @Override
  public Found found(int n, double[] sums) {
    float[] sorted = recent.sortedMillis(n);
    return middleBegins(n, sums) || middleIsFar(n, sums)
        ? found("p50", sorted, MIDDLE, norm.median())
        : found("p95", sorted, 1 - TAIL, norm.tail());
  }

  private Found found(String measure, float[] sorted, double share, double usual) {
    int n = sorted.length;
    double value = sorted[Math.min(n - 1, (int) (share * n))];
    boolean critical = value >= 2 * limits.latencyMultiplier() * usual;
    int low = 0;
    while (low < n && n * ChernoffBound.kl((double) low / n, share) > nats()) {
      low++;
    }
    int high = n;
    while (high > low && n * ChernoffBound.kl((double) high / n, share) > nats()) {
      high--;
    }
    return new Found(
        measure,
        value,
        usual,
        low == 0 ? sorted[0] : sorted[low - 1],
        sorted[Math.min(n - 1, high)],
        critical);
  }
}
