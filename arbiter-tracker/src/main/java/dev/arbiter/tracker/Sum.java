/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Performance;
import dev.arbiter.spi.Window;

/** Cells added up to one answer; used again and again, not thread-safe. */
final class Sum {
  private static final int MOST_BUT_ONE_OF_1000 = 1_000;

  long count;
  long successes;
  long judged;
  long denied;
  double quality;
  double cost;
  long inputTokens;
  long outputTokens;
  final Percentiles times = new Percentiles();
  final Extras extras = new Extras();

  /** Begins anew. */
  void clear() {
    count = 0;
    successes = 0;
    judged = 0;
    denied = 0;
    quality = 0;
    cost = 0;
    inputTokens = 0;
    outputTokens = 0;
    times.clear();
    extras.clear();
  }

  /** The answer. */
  WindowSummary summary(Window window) {
    if (count == 0 && isWithoutExtras()) {
      return WindowSummary.none();
    }
    return new WindowSummary(
        performance(),
        successes,
        extras.excused,
        Confidence.of(count, window),
        latency(),
        inputTokens,
        outputTokens,
        new WindowSummary.Evaluations(extras.evaluations, mean(extras.score, extras.evaluations)),
        new WindowSummary.Compliance(
            judged + extras.validations, judged - denied + extras.passed, extras.violations),
        new WindowSummary.Resources(
            extras.samples, mean(extras.cpu, extras.samples), mean(extras.memory, extras.samples)),
        window.span());
  }

  private boolean isWithoutExtras() {
    return extras.excused + extras.evaluations + extras.validations + extras.samples == 0;
  }

  private Performance performance() {
    return new Performance(
        count,
        mean((double) successes, count),
        mean(quality, successes),
        times.at(0.5),
        times.at(0.95),
        times.at(0.99),
        cost);
  }

  private WindowSummary.Latency latency() {
    return new WindowSummary.Latency(
        times.mean(), times.at(0), times.at(1), times.at(0.999), count >= MOST_BUT_ONE_OF_1000);
  }

  private static double mean(double sum, long of) {
    return of == 0 ? Double.NaN : sum / of;
  }
}
