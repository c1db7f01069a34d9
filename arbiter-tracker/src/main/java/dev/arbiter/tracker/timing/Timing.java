/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One invocation that runs; the handle is its identity, so runs of one agent at the same time do
 * not disturb each other.
 *
 * <p>Thread-safe. The first call of {@link #complete} or {@link #fail} counts; later ones do
 * nothing. Never throws.
 */
public final class Timing {
  private final AgentTimings timings;
  private final TimedRun.Pair pair;
  private final long startNanos;
  private final AtomicBoolean ended = new AtomicBoolean();

  Timing(AgentTimings timings, TimedRun.Pair pair, long startNanos) {
    this.timings = timings;
    this.pair = pair;
    this.startNanos = startNanos;
  }

  /**
   * The agent answered.
   *
   * @return how long it took, empty if the run had already ended
   */
  public Optional<Duration> complete() {
    return end(true);
  }

  /**
   * The agent failed.
   *
   * @return how long it took, empty if the run had already ended
   */
  public Optional<Duration> fail() {
    return end(false);
  }

  private Optional<Duration> end(boolean success) {
    if (ended.getAndSet(true)) {
      return Optional.empty();
    }
    return Optional.of(timings.ended(pair, startNanos, success));
  }
}
