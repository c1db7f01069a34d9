/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock and a nano clock that stand still until they are told to move. */
final class StillTime {
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  private final AtomicLong nanos = new AtomicLong(1_000);
  private final AtomicLong wallMillis = new AtomicLong(BEGIN.toEpochMilli());

  Sources sources() {
    return new Sources(this::now, nanos::get, new SplittableRandom(1));
  }

  Instant now() {
    return Instant.ofEpochMilli(wallMillis.get());
  }

  void advance(Duration duration) {
    wallMillis.addAndGet(duration.toMillis());
    nanos.addAndGet(duration.toNanos());
  }

  void stepWall(Duration step) {
    wallMillis.addAndGet(step.toMillis());
  }
}
