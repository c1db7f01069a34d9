/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;

/** Clocks that stand still until they are told to move; for one thread. */
final class StillTime {
  static final Instant BEGIN = Instant.parse("2026-01-19T20:46:49.250Z");

  private Instant wall = BEGIN;
  private long nanos = 1_000;

  Sources sources() {
    return new Sources(() -> wall, () -> nanos, new SplittableRandom(1));
  }

  void advance(Duration duration) {
    wall = wall.plus(duration);
    nanos += duration.toNanos();
  }

  void stepWall(Duration step) {
    wall = wall.plus(step);
  }

  void stepNanos(Duration step) {
    nanos += step.toNanos();
  }
}
