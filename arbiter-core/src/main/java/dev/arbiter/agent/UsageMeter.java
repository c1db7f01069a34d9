/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.WorkReport.Usage;

/**
 * What one attempt has used up so far, so that a failure or a time-out is charged too.
 *
 * <p>An agent adds to it while it works. The usage of a report, or of an {@link AgentException}, is
 * the whole attempt's and takes its place. Thread-safe.
 */
public final class UsageMeter {
  private Usage total = Usage.none();

  /** Starts at nothing. */
  public UsageMeter() {}

  /**
   * Adds what was used since the last call.
   *
   * @param more such as one request to a model
   */
  public synchronized void add(Usage more) {
    total = total.plus(more);
  }

  /**
   * Gives the total so far.
   *
   * @param whole what the attempt has used up since its start
   */
  public synchronized void set(Usage whole) {
    total = whole;
  }

  /**
   * The total so far.
   *
   * @return nothing if none was added
   */
  public synchronized Usage total() {
    return total;
  }
}
