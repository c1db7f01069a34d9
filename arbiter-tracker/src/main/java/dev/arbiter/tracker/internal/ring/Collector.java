/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Takes events from many threads and hands each to one reader, exactly once. */
public final class Collector {
  /*
   * There is one ring for every few threads, chosen by thread id: a ThreadLocal would give one to
   * each of 10,000 virtual threads. A thread that fills a batch drains its own ring under a
   * try-lock, or asks the executor to. A full ring means that draining has stalled: the writer
   * tries to drain, then spills, and parks for 100 us at a time only when the budget is used up. It
   * never spins: with two spinning writers on two busy cores an event cost 344 ns instead of 130.
   *
   * The lock is for readers, first come, first served; a writer only tries it, and not while a
   * reader waits. Otherwise 64 writers took it again and again, and a close waited for 17 s. A
   * drain ends with the events that were there when it began, so it ends while others record.
   *
   * Once a second a thread that drains its own
   * ring drains all, so that the events of a finished thread do not wait for a reader.
   *
   * Where loss is allowed, a writer without room waits for a limited time and then drops, unless
   * the event is critical. It tested for room before it claimed, so a dropped event was never
   * claimed.
   *
   * A reader that records or asks from within a drain must not drain again: it would receive the
   * events that it has not finished. If this thread already holds the lock, it returns without
   * draining.
   *
   * A writer that dies between claim and publication would stop its ring. Nothing there can throw.
   * Skipping the slot of a thread that is only slow would later read a slot that two laps write. So
   * no slot is skipped: the other rings continue, this one's writers spill, and the close gives up
   * after 5 s and counts the missing events as dropped.
   */
  private static final int MOST_STRIPES = 64;
  private static final int BATCH = 256;
  private static final long PARK_NANOS = 100_000;
  private static final int PARKS_AT_CLOSE = 50_000;
  private static final long DRAIN_ALL_NANOS = 1_000_000_000;

  private final ReentrantLock lock = new ReentrantLock(true);
  private final SlotLayout.Reader reader;
  private final EventRing[] rings;
  private final Spill spill;
  private final @Nullable Executor executor;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable scheduledDrain = this::drainScheduled;
  private final LongSupplier nanoTime;
  private final Loss loss;
  private final LongAdder waits = new LongAdder();
  private volatile long drainedAt;
  private boolean closed;

  /**
   * A collector with rings of so many slots (a power of two, at least 16) and spare chunks of so
   * many bytes in all. The executor drains full batches; without one, writers and readers do. Loss
   * decides when a writer without room may drop.
   */
  public Collector(
      SlotLayout.Reader reader,
      int slots,
      long spillBytes,
      @Nullable Executor executor,
      LongSupplier nanoTime,
      Loss loss) {
    this.reader = reader;
    this.executor = executor;
    this.nanoTime = nanoTime;
    this.loss = loss;
    this.drainedAt = nanoTime.getAsLong();
    this.spill = new Spill(spillBytes);
    this.rings = new EventRing[stripes(Runtime.getRuntime().availableProcessors())];
    for (int i = 0; i < rings.length; i++) {
      rings[i] = new EventRing(slots, Math.min(BATCH, slots / 4));
    }
  }

  private static int stripes(int cores) {
    return Math.min(MOST_STRIPES, Integer.highestOneBit(4 * cores - 1));
  }

  /** Records one event. Drops and counts it after the close, or where loss is allowed. */
  public void record(
      long tag, long at, long nanos, double quality, double cost, long tokens, long key) {
    EventRing ring = rings[stripe()];
    long sequence = ring.claim();
    if (sequence == EventRing.NO_ROOM) {
      recordWithoutRoom(ring, tag, at, nanos, quality, cost, tokens, key);
      return;
    }
    if (!ring.isFree(sequence)) {
      awaitFree(ring, sequence);
    }
    ring.publish(sequence, tag, at, nanos, quality, cost, tokens, key);
    if (ring.endsBatch(sequence)) {
      batchIsFull(ring);
    }
  }

  private int stripe() {
    long mixed = Thread.currentThread().getId() * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & (rings.length - 1);
  }

  /** More threads claimed at once than the ring has spare slots; a claim cannot be returned. */
  private void awaitFree(EventRing ring, long sequence) {
    while (!ring.isFree(sequence)) {
      if (!tryDrain(ring)) {
        park();
      }
    }
  }

  private void recordWithoutRoom(
      EventRing ring,
      long tag,
      long at,
      long nanos,
      double quality,
      double cost,
      long tokens,
      long key) {
    long began = nanoTime.getAsLong();
    for (boolean first = true; !ring.isSealed(); first = false) {
      if (tryDrain(ring)) {
        long sequence = ring.claim();
        if (sequence != EventRing.NO_ROOM) {
          awaitFree(ring, sequence);
          ring.publish(sequence, tag, at, nanos, quality, cost, tokens, key);
          return;
        }
      }
      if (spill.offer(tag, at, nanos, quality, cost, tokens, key)) {
        return;
      }
      if (mayDrop(tag, began)) {
        break;
      }
      waits.add(first ? 1 : 0);
      park();
    }
    loss.count(tag);
  }

  private boolean mayDrop(long tag, long began) {
    return lock.isHeldByCurrentThread() || loss.isAllowed(tag, nanoTime.getAsLong() - began);
  }

  private void batchIsFull(EventRing ring) {
    if (executor == null) {
      tryDrain(ring);
    } else if (scheduled.compareAndSet(false, true)) {
      try {
        executor.execute(scheduledDrain);
      } catch (RejectedExecutionException e) {
        scheduled.set(false);
        tryDrain(ring);
      }
    }
  }

  private void drainScheduled() {
    scheduled.set(false);
    if (!lock.isHeldByCurrentThread() && tryLock()) {
      try {
        drain();
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean tryDrain(EventRing ring) {
    if (lock.isHeldByCurrentThread() || !tryLock()) {
      return false;
    }
    try {
      if (nanoTime.getAsLong() - drainedAt >= DRAIN_ALL_NANOS) {
        drain();
      } else {
        reader.begin();
        ring.drain(reader);
        spill.drain(reader);
      }
    } finally {
      lock.unlock();
    }
    return true;
  }

  private boolean tryLock() {
    return !lock.hasQueuedThreads() && lock.tryLock();
  }

  /** Returns whether a reader waits for its turn. */
  boolean isAwaited() {
    return lock.hasQueuedThreads();
  }

  /**
   * Takes the reader's turn, waiting at most this long. After true, {@link #release} must follow.
   */
  public boolean acquire(long nanos) {
    if (tryLock()) {
      return true;
    }
    try {
      return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Takes the reader's turn, however long it takes. {@link #release} must follow. */
  public void acquire() {
    lock.lock();
  }

  /** Ends the turn that {@code acquire} began. */
  public void release() {
    lock.unlock();
  }

  /** Delivers all published events. The caller has acquired. */
  public void drain() {
    if (lock.getHoldCount() > 1) {
      return;
    }
    drainedAt = nanoTime.getAsLong();
    reader.begin();
    for (EventRing ring : rings) {
      ring.drain(reader);
    }
    spill.drain(reader);
  }

  /** Returns whether every claimed event was delivered. */
  public boolean isEmpty() {
    for (EventRing ring : rings) {
      if (ring.delivered() != ring.claimed()) {
        return false;
      }
    }
    return spill.delivered() == spill.claimed();
  }

  /** Refuses further events and delivers all earlier ones. */
  public void close() {
    lock.lock();
    try {
      if (!closed && lock.getHoldCount() == 1) {
        closed = true;
        for (EventRing ring : rings) {
          ring.seal();
        }
        spill.seal();
        drainSealed();
      }
    } finally {
      lock.unlock();
    }
  }

  /** A writer between claim and publication takes nanoseconds; a dead one takes for ever. */
  private void drainSealed() {
    drain();
    for (int parks = 0; !isDrained() && parks < PARKS_AT_CLOSE; parks++) {
      park();
      drain();
    }
    loss.countUnknown(claimed() - delivered());
  }

  private boolean isDrained() {
    return isEmpty() && spill.isDrained();
  }

  /** Events that were accepted. */
  public long claimed() {
    long sum = spill.claimed();
    for (EventRing ring : rings) {
      sum += ring.claimed();
    }
    return sum;
  }

  /** Events that were handed to the reader. */
  public long delivered() {
    long sum = spill.delivered();
    for (EventRing ring : rings) {
      sum += ring.delivered();
    }
    return sum;
  }

  /** Events that went to spare chunks. */
  public long spilled() {
    return spill.claimed();
  }

  /** The counts of dropped events. */
  public Loss loss() {
    return loss;
  }

  /** How often a writer found no room and waited. */
  public long waits() {
    return waits.sum();
  }

  /** Events that all rings hold together. */
  public long slots() {
    return (long) rings.length * rings[0].capacity();
  }

  /** Bytes of spare chunks in use. */
  public long spillBytes() {
    return spill.bytes();
  }

  /** Nanoseconds since everything was drained. */
  public long sinceDrained() {
    return Math.max(0, nanoTime.getAsLong() - drainedAt);
  }

  /** An interrupt must not shorten the wait, which would be spinning, and must not be lost. */
  private void park() {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(this, PARK_NANOS);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
