/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * The last runs of one agent through one command line.
 *
 * <p>Times are of runs that succeeded: one that broke off at once, or hung until a time-out, says
 * nothing about how long the work takes. They are empty when none did.
 *
 * @param agent who
 * @param cli through what
 * @param runs how many runs are remembered, at most {@value AgentTimings#KEPT}
 * @param successes how many of them succeeded
 * @param average mean time
 * @param median the middle time; of an even number the mean of the two in the middle
 * @param p95 the time that 95 % did not exceed, the nearest rank
 */
public record TimingSummary(
    String agent,
    String cli,
    int runs,
    int successes,
    Optional<Duration> average,
    Optional<Duration> median,
    Optional<Duration> p95) {

  static TimingSummary of(TimedRun.Pair pair, int runs, long[] nanosOfSuccesses) {
    long[] sorted = nanosOfSuccesses.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    if (n == 0) {
      return new TimingSummary(
          pair.agent(), pair.cli(), runs, 0, Optional.empty(), Optional.empty(), Optional.empty());
    }
    double mean = Arrays.stream(sorted).average().orElseThrow();
    long middle = sorted[(n - 1) / 2] + (sorted[n / 2] - sorted[(n - 1) / 2]) / 2;
    long p95 = sorted[(95 * n + 99) / 100 - 1];
    return new TimingSummary(
        pair.agent(),
        pair.cli(),
        runs,
        n,
        Optional.of(Duration.ofNanos(Math.round(mean))),
        Optional.of(Duration.ofNanos(middle)),
        Optional.of(Duration.ofNanos(p95)));
  }

  /**
   * The share of runs that succeeded.
   *
   * @return in [0,1]; 0 without runs
   */
  public double successShare() {
    return runs == 0 ? 0 : (double) successes / runs;
  }
}
