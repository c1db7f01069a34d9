/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.internal.Require;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the newest events in a ring. */
final class MemoryJournal implements Journal {
  private final @Nullable ArbiterEvent[] ring;
  private long next;

  MemoryJournal(int capacity) {
    Require.that(capacity >= 1, "journal capacity must be at least 1, got %s", capacity);
    this.ring = new ArbiterEvent[capacity];
  }

  @Override
  public synchronized long append(List<ArbiterEvent> batch) {
    for (int i = 0; i < batch.size(); i++) {
      ring[(int) (next++ % ring.length)] = batch.get(i);
    }
    return next;
  }

  @Override
  public void replay(long from, Reader reader) {
    List<ArbiterEvent> kept = new ArrayList<>();
    synchronized (this) {
      long oldest = Math.max(0, next - ring.length);
      if (from < oldest) {
        throw new IllegalArgumentException(
            "events before position " + oldest + " are no longer kept, asked for " + from);
      }
      for (long position = from; position < next; position++) {
        ArbiterEvent event = ring[(int) (position % ring.length)];
        if (event != null) {
          kept.add(event);
        }
      }
    }
    for (int i = 0; i < kept.size(); i++) {
      reader.read(from + i, kept.get(i));
    }
  }
}
