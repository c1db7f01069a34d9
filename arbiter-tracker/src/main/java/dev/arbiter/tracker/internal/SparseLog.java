/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Warns once a minute at most, however often something goes wrong; thread-safe. */
public final class SparseLog {
  private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

  private final Logger log;
  private final LongSupplier nanoTime;
  private final AtomicLong dueAt;

  /**
   * Makes one whose first warning is said at once.
   *
   * @param log where to
   * @param nanoTime the host's nano clock
   */
  public SparseLog(Logger log, LongSupplier nanoTime) {
    this.log = log;
    this.nanoTime = nanoTime;
    this.dueAt = new AtomicLong(nanoTime.getAsLong());
  }

  /**
   * Warns, unless it did within the last minute.
   *
   * @param message one line
   */
  public void warn(String message) {
    long now = nanoTime.getAsLong();
    long due = dueAt.get();
    if (now - due >= 0 && dueAt.compareAndSet(due, now + INTERVAL)) {
      log.warn(message);
    }
  }
}
