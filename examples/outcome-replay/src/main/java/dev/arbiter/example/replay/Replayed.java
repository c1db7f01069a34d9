/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import dev.arbiter.routing.evaluation.ReplayReport;
import org.jspecify.annotations.Nullable;

/**
 * A replay that is over.
 *
 * @param file name of the file the outcomes are from
 * @param policy how agents were chosen
 * @param fallbacks most other agents tried after a failure
 * @param limit US dollars a task that a run may spend; null for any
 * @param recorded what was replayed
 * @param report what came of it
 */
record Replayed(
    String file,
    String policy,
    int fallbacks,
    @Nullable Double limit,
    Recorded recorded,
    ReplayReport report) {
  /* A run is over its limit when it is so by more than this share of it. */
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
