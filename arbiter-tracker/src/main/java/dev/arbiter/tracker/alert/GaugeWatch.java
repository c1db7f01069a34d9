/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.tracker.internal.EventTime;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/** Whether one gauge stays near its end; not thread-safe. */
final class GaugeWatch {
  /*
   * Half of the last readings at or above the limit would be a median at the limit. A gauge is
   * saturated if so many more than half are that chance is excluded: ten of ten, or sixteen of
   * eighteen. It begins with readings of the last minutes and ends with any.
   */
  private static final double HALF = 0.5;
  private static final int FEWEST_READINGS = 64;

  private final String name;
  private final DoubleSupplier gauge;
  private final AlertLimits limits;
  private final FiringState episode;
  private final long[] at;
  private final double[] values;
  private int newest = -1;
  private int sinceChange;

  GaugeWatch(String name, DoubleSupplier gauge, AlertLimits limits) {
    this.name = name;
    this.gauge = gauge;
    this.limits = limits;
    this.episode = new FiringState(limits.cooldown());
    int readings = Math.max(FEWEST_READINGS, limits.minSamples());
    this.at = new long[readings];
    this.values = new double[readings];
  }

  /** Asks the gauge, which may take its time. */
  double read() {
    return gauge.getAsDouble();
  }

  void add(double value, Instant now, Consumer<Alert> out) {
    newest = (newest + 1) % values.length;
    at[newest] = EventTime.millis(now);
    values[newest] = value;
    sinceChange = Math.min(values.length, sinceChange + 1);
    if (episode.isFiring()) {
      lookForEnd(now, out);
    } else {
      lookForBegin(now, out);
    }
    episode.stillOn(now).ifPresent(out);
  }

  private void lookForBegin(Instant now, Consumer<Alert> out) {
    int above = 0;
    double sum = 0;
    for (int i = 0; i < sinceChange && isRecent(i); i++) {
      above += value(i) >= limits.saturation() ? 1 : 0;
      sum += value(i);
      int n = i + 1;
      double share = (double) above / n;
      if (n >= limits.minSamples()
          && share > HALF
          && n * ChernoffBound.kl(share, HALF) >= AlertLimits.RESOLVED_NATS) {
        sinceChange = 0;
        episode.begin(alert(now, sum / n, n)).ifPresent(out);
        return;
      }
    }
  }

  private void lookForEnd(Instant now, Consumer<Alert> out) {
    double free = limits.saturation() - AlertLimits.RESOLVED_SATURATION;
    int below = 0;
    int n = 0;
    while (n < Math.min(sinceChange, limits.minSamples())) {
      below += value(n) < free ? 1 : 0;
      n++;
    }
    if (n == limits.minSamples() && 2 * below > n) {
      sinceChange = 0;
      episode.end(now).ifPresent(out);
    }
  }

  private Alert alert(Instant now, double mean, int n) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      low = Math.min(low, value(i));
      high = Math.max(high, value(i));
    }
    double limit = limits.saturation();
    boolean critical = mean >= (100 + limit) / 2;
    return new Alert(
        Alert.Kind.RESOURCE_SATURATION,
        name,
        true,
        critical,
        now,
        now,
        "mean",
        mean,
        limit,
        low,
        high,
        n);
  }

  private double value(int back) {
    return values[Math.floorMod(newest - back, values.length)];
  }

  private boolean isRecent(int back) {
    long age = at[newest] - at[Math.floorMod(newest - back, at.length)];
    return Math.abs(age) <= limits.recent().toMillis();
  }

  void firing(Consumer<Alert> sink) {
    episode.current().ifPresent(sink);
  }
}
