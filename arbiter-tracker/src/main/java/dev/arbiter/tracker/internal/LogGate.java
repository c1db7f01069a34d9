/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Lets one log line a minute through; thread-safe. */
public final class LogGate {
  private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private final AtomicLong opensAt;

  /**
   * A gate that lets the first line through.
   *
   * @param nanoTime only differences mean anything
   */
  public LogGate(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.opensAt = new AtomicLong(nanoTime.getAsLong());
  }

  /**
   * Asks to log.
   *
   * @return whether the caller may
   */
  public boolean passes() {
    long now = nanoTime.getAsLong();
    long due = opensAt.get();
    return now - due >= 0 && opensAt.compareAndSet(due, now + INTERVAL);
  }
}
