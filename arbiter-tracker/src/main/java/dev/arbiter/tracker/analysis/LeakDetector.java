/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import dev.arbiter.tracker.analysis.LeakDetector.Diagnosis.Insufficient;
import dev.arbiter.tracker.analysis.LeakDetector.Diagnosis.Leaking;
import dev.arbiter.tracker.analysis.LeakDetector.Diagnosis.NotSeen;
import dev.arbiter.tracker.internal.Distributions;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Detects whether the heap in use after collections grows without end.
 *
 * <p>The Mann-Kendall test detects a trend; the slope of Theil and Sen with its interval measures
 * it. Neither is sensitive to outliers or assumes a distribution. A leak needs both: the trend has
 * a p-value below 0.005, and the lower end of the slope's 99 % interval is above the floor. At
 * least 20 points are needed. Figures (LeakDetectorTest): no alarm in 100 flat sawtooths, checked
 * after every point; 1 MiB an hour under noise of 2 MiB is found in 24 hourly points.
 *
 * <p>Thread-safe. Keeps the last 240 points; a diagnosis compares each pair of them, about 3 ms.
 * Points should be evenly spaced and further apart than usual fluctuations, such as a cache that
 * fills.
 *
 * <p>Source: Mann, Econometrica 13 (1945); Sen, Journal of the American Statistical Association 63
 * (1968), with its interval and correction for ties.
 */
public final class LeakDetector {
  private static final int CAPACITY = 240;
  private static final int FEWEST = 20;
  private static final double P = 0.005;
  private static final double Z = Distributions.normalQuantile(1 - P);
  private static final double MILLIS_AN_HOUR = 3_600_000;

  private final double floor;
  private final double[] hours = new double[CAPACITY];
  private final double[] bytes = new double[CAPACITY];
  private long added;

  /** Half a MiB an hour, 12 MiB a day, is too little to mind. */
  public LeakDetector() {
    this(512 * 1024);
  }

  /**
   * Sets the floor above which growth is a leak. The endurance tests of the performance certificate
   * use 10 MiB an hour.
   *
   * @param bytesPerHour at least 0
   */
  public LeakDetector(double bytesPerHour) {
    Require.that(bytesPerHour >= 0, "leak.floor must be at least 0, got %s", bytesPerHour);
    this.floor = bytesPerHour;
  }

  /**
   * Adds a measurement.
   *
   * @param at its time
   * @param inUse bytes in use after a collection
   */
  public synchronized void add(Instant at, long inUse) {
    int slot = (int) (added++ % CAPACITY);
    hours[slot] = at.toEpochMilli() / MILLIS_AN_HOUR;
    bytes[slot] = inUse;
  }

  /** {@return the diagnosis of the measurements} */
  public synchronized Diagnosis diagnosis() {
    int n = (int) Math.min(added, CAPACITY);
    if (n < FEWEST) {
      return new Insufficient(n, FEWEST);
    }
    double[] slopes = new double[n * (n - 1) / 2];
    int pairs = 0;
    long s = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double time = hours[i] - hours[j];
        double growth = bytes[i] - bytes[j];
        s += (long) (Math.signum(growth) * Math.signum(time));
        if (time != 0) {
          slopes[pairs++] = growth / time;
        }
      }
    }
    if (pairs == 0) {
      return new Insufficient(1, FEWEST);
    }
    Arrays.sort(slopes, 0, pairs);
    double deviation = Math.sqrt(variance(n));
    double p = s <= 0 || deviation == 0 ? 1 : Distributions.normal(-(s - 1) / deviation);
    ConfidenceInterval pace = pace(slopes, pairs, Z * deviation);
    return p < P && pace.low() > floor ? new Leaking(pace, p, n) : new NotSeen(pace, p, n);
  }

  private static ConfidenceInterval pace(double[] slopes, int pairs, double margin) {
    double median = (slopes[(pairs - 1) / 2] + slopes[pairs / 2]) / 2;
    int low = (int) Math.floor((pairs - margin) / 2);
    int high = (int) Math.ceil((pairs + margin) / 2);
    return new ConfidenceInterval(
        median, slopes[Math.max(0, low - 1)], slopes[Math.min(pairs - 1, Math.max(0, high))]);
  }

  /** The variance of the Mann-Kendall sum without a trend, reduced for ties. */
  private double variance(int n) {
    double[] sorted = Arrays.copyOf(bytes, n);
    Arrays.sort(sorted);
    double ties = 0;
    for (int from = 0; from < n; ) {
      int to = from;
      while (to < n && sorted[to] == sorted[from]) {
        to++;
      }
      double t = to - from;
      ties += t * (t - 1) * (2 * t + 5);
      from = to;
    }
    return (n * (n - 1.0) * (2 * n + 5) - ties) / 18;
  }

  /** Whether the heap in use after collections grows without end. */
  public sealed interface Diagnosis {

    /**
     * It grows: chance is excluded, and the lower end of the interval is above the floor.
     *
     * @param bytesPerHour the growth with its 99 % interval
     * @param p the chance of such a trend without growth
     * @param points the number of measurements
     */
    record Leaking(ConfidenceInterval bytesPerHour, double p, int points) implements Diagnosis {}

    /**
     * No growth above the floor was found.
     *
     * @param bytesPerHour the growth with its 99 % interval
     * @param p the chance of such a trend without growth
     * @param points the number of measurements
     */
    record NotSeen(ConfidenceInterval bytesPerHour, double p, int points) implements Diagnosis {}

    /**
     * Insufficient data.
     *
     * @param points the number of measurements
     * @param needed the number it needs
     */
    record Insufficient(int points, int needed) implements Diagnosis {}

    /** Calls the function for this case and returns its result. */
    default <R> R match(
        Function<Leaking, R> leaking,
        Function<NotSeen, R> notSeen,
        Function<Insufficient, R> insufficient) {
      if (this instanceof Leaking l) {
        return leaking.apply(l);
      }
      if (this instanceof NotSeen n) {
        return notSeen.apply(n);
      }
      return insufficient.apply((Insufficient) this);
    }
  }
}
