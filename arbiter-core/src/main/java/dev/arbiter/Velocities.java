/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Guards.Velocity;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Counts things by name within a time that slides, and says which one is too many. Thread-safe.
 *
 * <p>It holds the times of the last {@code most} of each name. Names of which nothing counts any
 * more are dropped when there are twice as many names as after the last look.
 */
final class Velocities {
  private static final int FEW = 1_000;

  private final Velocity limit;
  private final String what;
  private final LongSupplier nanoTime;
  private final Map<String, Times> names = new HashMap<>();
  private int lookAt = FEW;

  /**
   * Makes counters.
   *
   * @param what the things, for messages, such as {@code attempts of agent}
   */
  Velocities(Velocity limit, String what, LongSupplier nanoTime) {
    this.limit = limit;
    this.what = what;
    this.nanoTime = nanoTime;
  }

  /* A ring that grows to the limit. */
  private static final class Times {
    private long[] ring = new long[4];
    private int size;
    private int first;

    long first() {
      return ring[first];
    }

    long last() {
      return ring[(first + size - 1) % ring.length];
    }

    void dropFirst() {
      first = (first + 1) % ring.length;
      size--;
    }

    void dropLast() {
      size--;
    }

    void add(long time) {
      if (size == ring.length) {
        long[] larger = new long[2 * size];
        for (int i = 0; i < size; i++) {
          larger[i] = ring[(first + i) % ring.length];
        }
        ring = larger;
        first = 0;
      }
      ring[(first + size) % ring.length] = time;
      size++;
    }
  }

  synchronized int size() {
    return names.size();
  }

  /** Counts one; 0 if it may be, or else the nanoseconds until it may. */
  synchronized long add(String name) {
    long now = nanoTime.getAsLong();
    if (names.size() >= lookAt) {
      names.values().removeIf(times -> times.size == 0 || isOld(times.last(), now));
      lookAt = Math.max(FEW, 2 * names.size());
    }
    Times times = names.computeIfAbsent(name, key -> new Times());
    while (times.size > 0 && isOld(times.first(), now)) {
      times.dropFirst();
    }
    if (times.size >= limit.most()) {
      return limit.within().toNanos() - (now - times.first());
    }
    times.add(now);
    return 0;
  }

  private boolean isOld(long time, long now) {
    return now - time >= limit.within().toNanos();
  }

  /** Takes back the last one of a name: it did not take place. */
  synchronized void remove(String name) {
    Times times = names.get(name);
    if (times != null && times.size > 0) {
      times.dropLast();
    }
  }

  /** Explains that one is too many. */
  String tooMany(String name) {
    return String.format(
        Locale.ROOT,
        "velocity guard: more than %d %s '%s' within %s",
        limit.most(),
        what,
        name,
        limit.within());
  }
}
