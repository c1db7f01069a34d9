/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.event.ArbiterEvent;

/**
 * Receives every event.
 *
 * <p>Threads: called from many threads at once, on the thread that drives the task, after the event
 * is in the journal. Order: the events of one task come in order. Cost: it must be quick; a slow
 * listener hands events to a thread of its own. Errors: an exception is counted, logged once a
 * minute, and changes nothing.
 */
@FunctionalInterface
public interface ArbiterListener {

  /**
   * Receives one event.
   *
   * @param event the event
   */
  void on(ArbiterEvent event);
}
