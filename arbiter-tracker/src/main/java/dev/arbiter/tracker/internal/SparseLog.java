/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Warns once a minute at most, however often something goes wrong; thread-safe. */
public final class SparseLog {
  private final Logger log;
  private final LogGate gate;

  /**
   * Makes one whose first warning is said at once.
   *
   * @param log where to
   * @param nanoTime the host's nano clock
   */
  public SparseLog(Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.gate = new LogGate(nanoTime);
  }

  /**
   * Warns, unless it did within the last minute.
   *
   * @param message one line
   */
  public void warn(String message) {
    if (gate.passes()) {
      log.warn(message);
    }
  }
}
