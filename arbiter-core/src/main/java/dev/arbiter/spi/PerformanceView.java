/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

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
}
