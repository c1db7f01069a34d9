/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Time that stands still until it is told to move. */
final class FakeTime {
  /* Later than the clock of the machine, by which a store forgets old ends. */
  private static final Instant BEGIN = Instant.parse("2046-01-01T00:00:00Z");
  private final AtomicLong nanos = new AtomicLong(1_000);

  Sources sources() {
    return new Sources(() -> BEGIN.plusNanos(nanos.get()), nanos::get, new SplittableRandom(42));
  }

  void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }
}
