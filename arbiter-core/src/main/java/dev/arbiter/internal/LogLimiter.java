/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Lets one log line a minute through. Thread-safe; takes no lock. */
public final class LogLimiter {
  private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

  private final LongSupplier nanoTime;
  private final AtomicLong opensAt;

  /**
   * Creates a gate that lets the first line through.
   *
   * @param nanoTime a clock in nanoseconds; only differences count
   */
  public LogLimiter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.opensAt = new AtomicLong(nanoTime.getAsLong());
  }

  /** {@return whether the caller may log now} */
  public boolean passes() {
    long now = nanoTime.getAsLong();
    long due = opensAt.get();
    return now - due >= 0 && opensAt.compareAndSet(due, now + INTERVAL);
  }
}
