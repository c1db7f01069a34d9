/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.event.ArbiterEvent;

/**
 * Receives every event.
 *
 * <p>Threads: called from many threads at once, on the thread that works on the task, after the
 * event is in the journal; the events of one task come in order. It must be quick: whatever takes
 * longer is its own to hand on. Errors: an exception is counted, logged once a minute, and changes
 * nothing.
 */
@FunctionalInterface
public interface ArbiterListener {

  /**
   * Takes one event.
   *
   * @param event the event
   */
  void on(ArbiterEvent event);
}
