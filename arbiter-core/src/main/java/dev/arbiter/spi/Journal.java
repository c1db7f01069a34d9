/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.event.ArbiterEvent;
import java.util.List;

/**
 * The system of record: what is not in the journal did not happen.
 *
 * <p>Threads: {@link #append} is called from many threads at once; the events of one task come in
 * order. Errors: an exception from append fails the task, nothing is retried silently. Crash:
 * whatever append has returned for is there after a restart, as far as the implementation promises
 * (memory: not at all); a batch is there whole or not at all.
 */
public interface Journal {

  /**
   * Adds events and returns when they are kept.
   *
   * @param batch at least one event, in order
   * @return the position after the last of them
   */
  long append(List<ArbiterEvent> batch);

  /**
   * Reads events back in the order they were kept.
   *
   * @param from the position of the first event wanted, 0 for the beginning
   * @param reader is called for each
   * @throws IllegalArgumentException if events from there on are no longer kept
   */
  void replay(long from, Reader reader);

  /**
   * A journal in memory: the newest events, and nothing after a restart.
   *
   * @param capacity most events kept, at least 1; older ones are forgotten
   * @return a new journal
   */
  static Journal memory(int capacity) {
    return new MemoryJournal(capacity);
  }

  /** Takes events during {@link #replay}. */
  @FunctionalInterface
  interface Reader {
    /**
     * Takes one event.
     *
     * @param position where it stands
     * @param event the event
     */
    void read(long position, ArbiterEvent event);
  }
}
