/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.time.Duration;

/**
 * The history of agents, for reading.
 *
 * <p>Threads: called from many threads at once, and never blocks. Errors: it does not throw; an
 * unknown agent has {@link Performance#none()}.
 */
@FunctionalInterface
public interface PerformanceView {

  /**
   * {@return a snapshot of the performance of an agent, {@link Performance#none()} if it is
   * unknown}
   *
   * @param agent the agent's id
   * @param taskType the type of task, empty for all types together
   * @param window the period
   */
  Performance performance(String agent, String taskType, Window window);

  /** {@return a view of an empty history} */
  static PerformanceView empty() {
    return (agent, taskType, window) -> Performance.none();
  }

  /** The period of a question about performance, up to now; every window slides. */
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

    /** {@return the length of the window} */
    public Duration span() {
      return span;
    }
  }
}
