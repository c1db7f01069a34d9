/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Feeds a {@link LeakDetector} with the heap in use after garbage collections of this JVM.
 *
 * <p>It reads the heap pools for long-lived objects, each after its last collection; young pools,
 * which are empty then, are left out. {@link #poll} adds a point only after a new collection with a
 * changed figure. Call it at even intervals, such as each hour. Not thread-safe.
 */
public final class HeapFeed {
  private final LeakDetector detector;
  private final InstantSource clock;
  private final LongSupplier collections;
  private final LongSupplier inUse;
  private long seenCollections;
  private long seenInUse = -1;

  /**
   * Reads this JVM.
   *
   * @param detector receives the points
   * @param clock stamps the points
   */
  public HeapFeed(LeakDetector detector, InstantSource clock) {
    this(detector, clock, HeapFeed::collections, HeapFeed::inUse);
  }

  HeapFeed(
      LeakDetector detector, InstantSource clock, LongSupplier collections, LongSupplier inUse) {
    this.detector = detector;
    this.clock = clock;
    this.collections = collections;
    this.inUse = inUse;
    this.seenCollections = collections.getAsLong();
  }

  /**
   * Adds a point if there is a new one.
   *
   * @return whether there was one
   */
  public boolean poll() {
    long now = collections.getAsLong();
    long bytes = inUse.getAsLong();
    if (now == seenCollections || bytes == seenInUse || bytes < 0) {
      return false;
    }
    seenCollections = now;
    seenInUse = bytes;
    detector.add(clock.instant(), bytes);
    return true;
  }

  private static long collections() {
    long count = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      count += Math.max(0, collector.getCollectionCount());
    }
    return count;
  }

  private static long inUse() {
    List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans();
    long bytes = -1;
    for (MemoryPoolMXBean pool : pools) {
      if (pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported()) {
        MemoryUsage after = pool.getCollectionUsage();
        bytes = after == null ? bytes : Math.max(0, bytes) + after.getUsed();
      }
    }
    return bytes;
  }
}
