/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Performance;

/** Cells added up to one answer; used again and again, not thread-safe. */
final class Sum {
  long count;
  long successes;
  double quality;
  double cost;
  long inputTokens;
  long outputTokens;
  final Percentiles times = new Percentiles();

  /** Begins anew. */
  void clear() {
    count = 0;
    successes = 0;
    quality = 0;
    cost = 0;
    inputTokens = 0;
    outputTokens = 0;
    times.clear();
  }

  /** The answer. */
  WindowSummary summary() {
    if (count == 0) {
      return WindowSummary.none();
    }
    Performance performance =
        new Performance(
            count,
            (double) successes / count,
            successes == 0 ? Double.NaN : quality / successes,
            times.at(0.5),
            times.at(0.95),
            times.at(0.99),
            cost);
    return new WindowSummary(performance, successes, times.at(0.999), inputTokens, outputTokens);
  }
}
