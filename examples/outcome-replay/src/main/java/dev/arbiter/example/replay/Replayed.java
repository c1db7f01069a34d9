/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import dev.arbiter.routing.evaluation.ReplayReport;
import org.jspecify.annotations.Nullable;

/**
 * A finished replay.
 *
 * @param source name of the file with the outcomes
 * @param simulated true if the outcomes are the simulated sample, not recorded ones
 * @param policy how agents were chosen
 * @param fallbacks most other agents tried after a failure
 * @param limit US dollars a task that a run may spend; null for no limit
 * @param recorded the outcomes
 * @param report the result
 */
record Replayed(
    String source,
    boolean simulated,
    String policy,
    int fallbacks,
    @Nullable Double limit,
    RecordedTrials recorded,
    ReplayReport report) {
  /* A run is over its limit if it spent more than this many times the limit. */
  private static final double TOLERANCE = 1.004;

  /** The share of runs that spent more than their limit. */
  double runsOverLimit() {
    if (limit == null) {
      return 0;
    }
    double most = TOLERANCE * limit;
    return report.spendByRun().stream()
        .mapToDouble(spent -> spent > most ? 1 : 0)
        .average()
        .orElse(0);
  }
}
