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
   * One ring for every few threads, chosen by thread id: a ThreadLocal would give a ring to each of
   * 10,000 virtual threads. Whoever fills a batch drains its own ring under a try-lock, or asks the
   * executor to. A full ring means that the drain is stalled: the writer tries to drain, then
   * spills, and only when the budget is used up parks, 100 us at a time. It never spins: two
   * spinning writers on two busy cores made an event cost 344 ns in place of 130.
   *
   * The lock is for readers. A writer only ever tries it. Once a second whoever drains its own ring
   * drains all, so that what a thread left behind is not stuck as long as nobody asks.
   *
   * Where loss is allowed, a writer without room waits for so long and then drops, unless the event
   * is critical. It tested for room before it claimed, so what was dropped was never claimed.
   *
   * A reader that records, or asks, from within a drain must not drain again below itself: it would
   * be handed the events it has not left yet. It finds the lock its own and goes without.
   *
   * A writer that dies between claim and publication would stop its ring. Nothing there can throw;
   * and whoever skipped the slot of a thread that is only slow would later read a slot that two
   * laps write. So nobody skips: the other rings go on, this one's writers spill, and the close
   * gives up after 5 s and counts what is missing as dropped.
   */
  private static final int MOST_STRIPES = 64;
  private static final int BATCH = 256;
  private static final long PARK_NANOS = 100_000;
  private static final int PARKS_AT_CLOSE = 50_000;
  private static final long DRAIN_ALL_NANOS = 1_000_000_000;

  private final ReentrantLock lock = new ReentrantLock();
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
   * A collector.
   *
   * @param slots of one ring, a power of two, at least 16
   * @param spillBytes for spare chunks of all rings together
   * @param executor drains, or nobody but writers and readers does
   * @param loss says when a writer without room may drop
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

  /** Takes one event; drops it, and counts that, after the close, or where loss is allowed. */
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

  /** More threads claimed at once than a ring has spare slots; a claim cannot be given back. */
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
    if (!lock.isHeldByCurrentThread() && lock.tryLock()) {
      try {
        drain();
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean tryDrain(EventRing ring) {
    if (lock.isHeldByCurrentThread() || !lock.tryLock()) {
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

  /** Waits its turn to read, for at most a while; {@link #release} must follow a true. */
  public boolean acquire(long nanos) {
    if (lock.tryLock()) {
      return true;
    }
    try {
      return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits its turn to read, however long; {@link #release} must follow. */
  public void acquire() {
    lock.lock();
  }

  /** Ends the turn that {@code acquire} began. */
  public void release() {
    lock.unlock();
  }

  /** Hands over what is published. Whoever calls it has acquired. */
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

  /** Tells whether everything that was claimed before was also handed over. */
  public boolean isEmpty() {
    for (EventRing ring : rings) {
      if (ring.delivered() != ring.claimed()) {
        return false;
      }
    }
    return spill.delivered() == spill.claimed();
  }

  /** Refuses what comes from now on and hands over all that came before. */
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

  /**
   * A writer between claim and publication takes nanoseconds; one that died there takes for ever.
   */
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

  /** How often a writer found neither a slot nor spare room and waited. */
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

  /** An interrupt must neither cut the wait to nothing, which would be spinning, nor be lost. */
  private void park() {
    boolean interrupted = Thread.interrupted();
    LockSupport.parkNanos(this, PARK_NANOS);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
