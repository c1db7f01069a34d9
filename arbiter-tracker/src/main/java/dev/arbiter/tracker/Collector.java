/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.Usage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Takes finished attempts from many threads and hands each to one reader, exactly once. */
final class Collector {
  /*
   * One ring for every few threads, chosen by thread id: a ThreadLocal would give a ring to each of
   * 10,000 virtual threads. Whoever fills a batch drains its own ring under a try-lock, or asks the
   * executor to. A full ring means that the drain is stalled: the writer tries to drain, then
   * spills, and only when the budget is used up parks, 100 us at a time. It never spins: two
   * spinning writers on two busy cores made an event cost 344 ns in place of 130.
   *
   * The lock is for readers. A writer only ever tries it.
   */
  private static final int MOST_STRIPES = 64;
  private static final int BATCH = 256;
  private static final long PARK_NANOS = 100_000;
  private static final int PARKS_AT_CLOSE = 50_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Slots.Reader reader;
  private final EventRing[] rings;
  private final Spill spill;
  private final @Nullable Executor executor;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Runnable scheduledDrain = this::drainScheduled;
  private final LongAdder dropped = new LongAdder();
  private boolean closed;

  /**
   * A collector.
   *
   * @param slots of one ring, a power of two, at least 16
   * @param spillBytes for spare chunks of all rings together
   * @param executor drains, or nobody but writers and readers does
   */
  Collector(Slots.Reader reader, int slots, long spillBytes, @Nullable Executor executor) {
    this.reader = reader;
    this.executor = executor;
    this.spill = new Spill(spillBytes);
    this.rings = new EventRing[stripes(Runtime.getRuntime().availableProcessors())];
    for (int i = 0; i < rings.length; i++) {
      rings[i] = new EventRing(slots, Math.min(BATCH, slots / 4));
    }
  }

  private static int stripes(int cores) {
    return Math.min(MOST_STRIPES, Integer.highestOneBit(4 * cores - 1));
  }

  /** Takes one attempt; drops it, and counts that, only after the close. */
  void record(int track, long at, long nanos, double quality, Usage usage) {
    EventRing ring = rings[stripe()];
    long sequence = ring.claim();
    if (sequence == EventRing.NO_ROOM) {
      recordWithoutRoom(ring, track, at, nanos, quality, usage);
      return;
    }
    put(ring, sequence, track, at, nanos, quality, usage);
    if (ring.endsBatch(sequence)) {
      batchIsFull(ring);
    }
  }

  private int stripe() {
    long mixed = Thread.currentThread().getId() * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & (rings.length - 1);
  }

  private void put(
      EventRing ring, long sequence, int track, long at, long nanos, double quality, Usage usage) {
    while (!ring.isFree(sequence)) {
      if (!tryDrain(ring)) {
        park();
      }
    }
    ring.publish(sequence, track, at, nanos, quality, usage);
  }

  private void recordWithoutRoom(
      EventRing ring, int track, long at, long nanos, double quality, Usage usage) {
    while (!ring.isSealed()) {
      if (tryDrain(ring)) {
        long sequence = ring.claim();
        if (sequence != EventRing.NO_ROOM) {
          put(ring, sequence, track, at, nanos, quality, usage);
          return;
        }
      }
      if (spill.offer(track, at, nanos, quality, usage)) {
        return;
      }
      park();
    }
    dropped.increment();
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
    if (lock.tryLock()) {
      try {
        drain();
      } finally {
        lock.unlock();
      }
    }
  }

  private boolean tryDrain(EventRing ring) {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      reader.begin();
      ring.drain(reader);
      spill.drain(reader);
    } finally {
      lock.unlock();
    }
    return true;
  }

  /** Waits its turn to read, for at most a while; {@link #release} must follow a true. */
  boolean acquire(long nanos) {
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
  void acquire() {
    lock.lock();
  }

  void release() {
    lock.unlock();
  }

  /** Hands over what is published. Whoever calls it has acquired. */
  void drain() {
    reader.begin();
    for (EventRing ring : rings) {
      ring.drain(reader);
    }
    spill.drain(reader);
  }

  /** Tells whether everything that was claimed before was also handed over. */
  boolean isEmpty() {
    for (EventRing ring : rings) {
      if (ring.delivered() != ring.claimed()) {
        return false;
      }
    }
    return spill.delivered() == spill.claimed();
  }

  /** Refuses what comes from now on and hands over all that came before. */
  void close() {
    lock.lock();
    try {
      if (!closed) {
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
    dropped.add(claimed() - delivered());
  }

  private boolean isDrained() {
    return isEmpty() && spill.isDrained();
  }

  long claimed() {
    long sum = spill.claimed();
    for (EventRing ring : rings) {
      sum += ring.claimed();
    }
    return sum;
  }

  long delivered() {
    long sum = spill.delivered();
    for (EventRing ring : rings) {
      sum += ring.delivered();
    }
    return sum;
  }

  long spilled() {
    return spill.claimed();
  }

  long dropped() {
    return dropped.sum();
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
