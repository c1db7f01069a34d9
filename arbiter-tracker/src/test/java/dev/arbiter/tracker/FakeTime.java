/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock and a nano clock that stand still until they are told to move. */
final class FakeTime {
  /** Begins a sub-window of every level. */
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  /** No clock is set in no time. */
  private static final long MOMENT = 1_000_000;

  private final AtomicLong wallMillis = new AtomicLong(BEGIN.toEpochMilli());
  private final AtomicLong nanos = new AtomicLong(1_000);

  Sources sources() {
    return new Sources(
        () -> Instant.ofEpochMilli(wallMillis.get()), nanos::get, new SplittableRandom(42));
  }

  Instant now() {
    return Instant.ofEpochMilli(wallMillis.get());
  }

  long nanoTime() {
    return nanos.get();
  }

  void advance(Duration duration) {
    wallMillis.addAndGet(duration.toMillis());
    nanos.addAndGet(duration.toNanos());
  }

  void setBack(Duration step) {
    wallMillis.addAndGet(-step.toMillis());
    nanos.addAndGet(MOMENT);
  }

  void setForward(Duration step) {
    wallMillis.addAndGet(step.toMillis());
    nanos.addAndGet(MOMENT);
  }

  void setNanosBack(Duration step) {
    nanos.addAndGet(-step.toNanos());
  }
}
