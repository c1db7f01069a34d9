/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.event.ArbiterEvent;
import java.util.List;

/**
 * The system of record: an event that is not in the journal did not happen.
 *
 * <p>Threads: {@link #append} is called from many threads at once; the events of one task come in
 * order. Errors: an exception from append fails the task; the engine does not retry. Crash: events
 * for which append has returned survive a restart, as far as the implementation promises (memory:
 * not at all). A batch is kept whole or not at all.
 */
public interface Journal {

  /**
   * Appends events, and returns when they are kept.
   *
   * @param batch at least one event, in order
   * @return the position after the last of them
   */
  long append(List<ArbiterEvent> batch);

  /**
   * Reads events back in the order they were kept.
   *
   * @param from the position of the first event wanted, 0 for the beginning
   * @param reader receives each event
   * @throws IllegalArgumentException if events from there on are no longer kept
   */
  void replay(long from, Reader reader);

  /**
   * {@return a new journal in memory; it keeps the newest events, and none after a restart}
   *
   * @param capacity the most events kept, at least 1; the oldest are dropped
   */
  static Journal memory(int capacity) {
    return new MemoryJournal(capacity);
  }

  /** Receives events during {@link #replay}. */
  @FunctionalInterface
  interface Reader {
    /**
     * Receives one event.
     *
     * @param position the position of the event
     * @param event the event
     */
    void read(long position, ArbiterEvent event);
  }
}
