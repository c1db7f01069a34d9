/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

/** A ring of slots with many writers and one reader at a time. */
public final class EventRing {
  /*
   * A writer tests for room, claims a sequence with one fetch-and-add, fills its slot, then
   * publishes it by a release store of sequence + 1. An unpublished slot ends the drain. Nothing
   * between claim and publication can throw.
   *
   * The test leaves a quarter of the ring unused. Threads that pass it together may claim into that
   * quarter. Only if more threads than it has slots did so at once does one find its slot still
   * taken; it then waits with its claim, and no event is lost.
   *
   * Closing adds SEALED to the claims. A writer that claimed before has a sequence below SEALED and
   * will publish, so the last drain knows how many to wait for. A later writer sees that it is too
   * late. At no moment can an event be accepted and not delivered.
   */
  public static final long NO_ROOM = -1;
  private static final long SEALED = 1L << 62;
  private static final int FREED_AT_ONCE = 64;

  private final PaddedCounter claimed = new PaddedCounter();
  private final PaddedCounter consumed = new PaddedCounter();
  private final long[] words;
  private final int capacity;
  private final int room;
  private final int batch;
  private volatile long sealedAt = -1;

  /** A ring with the given number of slots, a power of two. */
  public EventRing(int capacity, int batch) {
    this.capacity = capacity;
    this.room = capacity - capacity / 4;
    this.batch = batch;
    this.words = new long[capacity * SlotLayout.WORDS];
  }

  int capacity() {
    return capacity;
  }

  /** Claims a sequence; {@link #NO_ROOM} if the ring is full or sealed. */
  public long claim() {
    if (claimed.get() - consumed.getAcquire() >= room) {
      return NO_ROOM;
    }
    long sequence = claimed.getAndIncrement();
    return sequence < SEALED ? sequence : NO_ROOM;
  }

  /** Returns whether the slot of a claimed sequence may be written. */
  boolean isFree(long sequence) {
    return sequence - consumed.getAcquire() < capacity;
  }

  /** Fills and publishes the slot of a claimed sequence. */
  public void publish(
      long sequence,
      long tag,
      long at,
      long nanos,
      double quality,
      double cost,
      long tokens,
      long key) {
    int slot = slot(sequence);
    SlotLayout.write(words, slot, tag, at, nanos, quality, cost, tokens, key);
    SlotLayout.publish(words, slot, sequence + 1);
  }

  /** Returns whether this sequence completes a batch, so that it is time to drain. */
  boolean endsBatch(long sequence) {
    return ((sequence + 1) & (batch - 1)) == 0;
  }

  /** Delivers published events, at most one lap. One thread at a time. */
  public void drain(SlotLayout.Reader reader) {
    long next = consumed.getPlain();
    long end = next + capacity;
    try {
      while (next < end && SlotLayout.isPublished(words, slot(next), next + 1)) {
        reader.read(words, slot(next++));
        if (next % FREED_AT_ONCE == 0) {
          consumed.setRelease(next);
        }
      }
    } finally {
      consumed.setRelease(next);
    }
  }

  /** Refuses every claim from now on. */
  public void seal() {
    sealedAt = claimed.getAndAdd(SEALED);
  }

  boolean isSealed() {
    return claimed.get() >= SEALED;
  }

  /** Sequences given out. */
  public long claimed() {
    long claims = claimed.get();
    return claims < SEALED ? claims : Math.max(0, sealedAt);
  }

  /** Sequences read. */
  public long delivered() {
    return consumed.getAcquire();
  }

  private int slot(long sequence) {
    return ((int) sequence & (capacity - 1)) * SlotLayout.WORDS;
  }
}
