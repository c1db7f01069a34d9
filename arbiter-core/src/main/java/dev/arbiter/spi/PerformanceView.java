/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.time.Duration;

/**
 * The read side of history, snapshots only.
 *
 * <p>Threads: called from many threads at once, and never blocks. Errors: it does not throw; who is
 * unknown has no performance.
 */
@FunctionalInterface
public interface PerformanceView {

  /**
   * How an agent did.
   *
   * @param agent the agent's id
   * @param taskType the type of task, empty for all types together
   * @param window how far back
   * @return a snapshot, {@link Performance#none()} for the unknown
   */
  Performance performance(String agent, String taskType, Window window);

  /**
   * A view on no history.
   *
   * @return the view
   */
  static PerformanceView empty() {
    return (agent, taskType, window) -> Performance.none();
  }

  /** How far back a question about performance looks; every window slides. */
  enum Window {
    /** The last 5 minutes. */
    REALTIME(Duration.ofMinutes(5)),
    /** The last hour. */
    SHORT(Duration.ofHours(1)),
    /** The last 24 hours. */
    MEDIUM(Duration.ofHours(24)),
    /** The last 7 days. */
    LONG(Duration.ofDays(7));

    private final Duration span;

    Window(Duration span) {
      this.span = span;
    }

    /**
     * The time it covers.
     *
     * @return the span
     */
    public Duration span() {
      return span;
    }
  }
}
