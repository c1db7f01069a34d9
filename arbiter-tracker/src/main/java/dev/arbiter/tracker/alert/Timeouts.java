/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.util.function.LongSupplier;

/** The limits of a conversation with a server: connecting, and the whole. */
record Timeouts(Duration connect, Duration whole, LongSupplier nanoTime) {
  Timeouts(Duration connect, Duration whole) {
    this(connect, whole, Sources.system().nanoTime());
  }

  Timeouts withConnect(String key, Duration timeout) {
    return new Timeouts(positive(key, timeout), whole, nanoTime);
  }

  Timeouts withWhole(String key, Duration timeout) {
    return new Timeouts(connect, positive(key, timeout), nanoTime);
  }

  /** When a conversation that begins now must be over, on the nano clock. */
  long deadline() {
    return nanoTime.getAsLong() + whole.toNanos();
  }

  Timeouts with(Sources sources) {
    return new Timeouts(connect, whole, sources.nanoTime());
  }

  private static Duration positive(String key, Duration timeout) {
    Require.that(timeout.toMillis() >= 1, "%s must be at least 1 ms, got %s", key, timeout);
    return timeout;
  }
}
