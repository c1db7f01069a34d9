/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.tracker.summary.WindowSummary;
import java.time.Duration;

/** Sums over buckets, and the summary of a window from them. Reused; not thread-safe. */
public final class Accumulator extends Counters {
  private static final int FEWEST_FOR_P999 = 1_000;
  private static final double[] SHARES = {0, 0.5, 0.95, 0.99, 0.999, 1};

  final Percentiles times = new Percentiles();
  private final long[] nanos = new long[SHARES.length];

  @Override
  void clear() {
    super.clear();
    times.clear();
  }

  /** The answer. */
  WindowSummary summary(Window window) {
    RareCounters extras = extras();
    if (count == 0 && isEmpty(extras)) {
      return WindowSummary.none();
    }
    double mean = times.read(SHARES, nanos);
    return new WindowSummary(
        performance(),
        successes,
        extras.excused,
        confidence(count, window),
        latency((long) mean),
        inputTokens,
        outputTokens,
        new WindowSummary.Evaluations(extras.evaluations, mean(extras.score, extras.evaluations)),
        new WindowSummary.Compliance(
            judged + extras.validations, judged - denied + extras.passed, extras.violations),
        new WindowSummary.Resources(
            extras.samples, mean(extras.cpu, extras.samples), mean(extras.memory, extras.samples)),
        window.span());
  }

  private static boolean isEmpty(RareCounters extras) {
    return extras.excused + extras.evaluations + extras.validations + extras.samples == 0;
  }

  private Performance performance() {
    return new Performance(
        count,
        mean((double) successes, count),
        mean(quality, successes),
        Duration.ofNanos(nanos[1]),
        Duration.ofNanos(nanos[2]),
        Duration.ofNanos(nanos[3]),
        cost);
  }

  private WindowSummary.Latency latency(long mean) {
    return new WindowSummary.Latency(
        Duration.ofNanos(mean),
        Duration.ofNanos(nanos[0]),
        Duration.ofNanos(nanos[5]),
        Duration.ofNanos(nanos[4]),
        count >= FEWEST_FOR_P999);
  }

  private static double mean(double sum, long of) {
    return of == 0 ? Double.NaN : sum / of;
  }

  /** The least number of attempts for full confidence. */
  private static int minimum(Window window) {
    return switch (window) {
      case REALTIME -> 10;
      case SHORT -> 50;
      case MEDIUM -> 100;
      case LONG -> 500;
    };
  }

  private static double confidence(long count, Window window) {
    return Math.min(1, (double) count / minimum(window));
  }
}
