/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Spare chunks for events that find their ring full: a linked list under a byte budget. */
public final class Spill {
  /*
   * A writer claims a place in the last chunk with one fetch-and-add. A place past the end means
   * that the chunk is full: one writer links a new chunk, and all continue there. A slow writer may
   * set last back to a full chunk; its links lead on. Chunks are never reused, so no place is
   * ambiguous; the garbage collector frees them, and their bytes return to the budget when the
   * reader leaves them. The list begins with an empty chunk that counts as full.
   *
   * Sealing takes all remaining places of the last chunk and links END behind it, where no chunk
   * can follow.
   */
  private static final int CHUNK = 256;
  public static final int CHUNK_BYTES = CHUNK * SlotLayout.WORDS * Long.BYTES;
  private static final long PUBLISHED = 1;
  private static final Chunk END = new Chunk(0);

  private final long allowed;
  private final AtomicLong budget;
  private final AtomicLong claimed = new AtomicLong();
  private volatile Chunk last = new Chunk(0);
  private Chunk first = last;
  private int place;
  private final AtomicLong delivered = new AtomicLong();

  public Spill(long budget) {
    this.allowed = budget;
    this.budget = new AtomicLong(budget);
  }

  /** Keeps an event; returns false if the budget is used up or the list is sealed. */
  public boolean offer(
      long tag, long at, long nanos, double quality, double cost, long tokens, long key) {
    while (true) {
      Chunk chunk = last;
      int index = chunk.claim();
      if (index >= 0) {
        claimed.getAndIncrement();
        SlotLayout.write(
            chunk.words, index * SlotLayout.WORDS, tag, at, nanos, quality, cost, tokens, key);
        SlotLayout.publish(chunk.words, index * SlotLayout.WORDS, PUBLISHED);
        return true;
      }
      if (!extend(chunk)) {
        return false;
      }
    }
  }

  private boolean extend(Chunk full) {
    Chunk next = full.next.get();
    if (next == null) {
      if (budget.addAndGet(-CHUNK_BYTES) < 0) {
        budget.addAndGet(CHUNK_BYTES);
        return false;
      }
      Chunk fresh = new Chunk(CHUNK);
      if (!full.next.compareAndSet(null, fresh)) {
        budget.addAndGet(CHUNK_BYTES);
      }
      next = full.next.get();
    }
    if (next == null || next == END) {
      return false;
    }
    last = next;
    return true;
  }

  /** Delivers published events that were claimed before this call. One thread at a time. */
  public void drain(SlotLayout.Reader reader) {
    long end = claimed.get();
    while (true) {
      while (place < first.filled()
          && delivered.getPlain() < end
          && SlotLayout.isPublished(first.words, place * SlotLayout.WORDS, PUBLISHED)) {
        try {
          reader.read(first.words, place++ * SlotLayout.WORDS);
        } finally {
          delivered.setRelease(delivered.getPlain() + 1);
        }
      }
      Chunk next = first.next.get();
      if (place < first.filled() || next == null || next == END) {
        return;
      }
      budget.addAndGet(first.bytes());
      first = next;
      place = 0;
    }
  }

  /** Refuses further offers. Called by the draining thread. */
  public void seal() {
    Chunk chunk = last;
    chunk.seal();
    while (!chunk.next.compareAndSet(null, END)) {
      Chunk next = chunk.next.get();
      if (next == null || next == END) {
        return;
      }
      chunk = next;
      chunk.seal();
    }
  }

  /** Bytes of the budget that are in use. */
  public long bytes() {
    return allowed - budget.get();
  }

  /** Attempts that were kept here. */
  long claimed() {
    return claimed.get();
  }

  /** Attempts that were read from here. */
  public long delivered() {
    return delivered.getAcquire();
  }

  /** Returns, once sealed, whether no event is left. */
  public boolean isDrained() {
    return place == first.filled() && first.next.get() == END;
  }

  private static final class Chunk {
    final long[] words;
    final AtomicReference<@Nullable Chunk> next = new AtomicReference<>();
    private final AtomicInteger claims = new AtomicInteger();
    private final int size;
    private int sealedAt = -1;

    Chunk(int size) {
      this.size = size;
      this.words = new long[size * SlotLayout.WORDS];
    }

    /** A place, or -1 if there is none; tests first so that the count cannot overflow. */
    int claim() {
      if (claims.get() >= size) {
        return -1;
      }
      int index = claims.getAndIncrement();
      return index < size ? index : -1;
    }

    void seal() {
      sealedAt = Math.min(size, claims.getAndAdd(size));
    }

    /** Places that are written, or will be. */
    int filled() {
      return sealedAt >= 0 ? sealedAt : size;
    }

    int bytes() {
      return size * SlotLayout.WORDS * Long.BYTES;
    }
  }
}
