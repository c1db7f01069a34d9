/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** Whether an event may be dropped, and how many were. */
public final class Loss {
  /** Waits for room as long as it takes. */
  public static final long NEVER = -1;

  private final long longestWait;
  private final LongAdder[] dropped = new LongAdder[EventTag.IMPORTANCES];

  /** Allows loss after this many nanoseconds without room, or {@link #NEVER}. */
  public Loss(long longestWait) {
    this.longestWait = longestWait;
    Arrays.setAll(dropped, i -> new LongAdder());
  }

  /** Returns whether an event that waited this long may be dropped; never a critical one. */
  boolean isAllowed(long tag, long waited) {
    return longestWait >= 0
        && EventTag.importance(tag) != EventTag.CRITICAL
        && waited >= longestWait;
  }

  void count(long tag) {
    dropped[EventTag.importance(tag)].increment();
  }

  /** Counts events of which nothing is known, as normal ones. */
  void countUnknown(long events) {
    dropped[EventTag.NORMAL].add(events);
  }

  /** Dropped events of one importance. */
  public long of(int importance) {
    return dropped[importance].sum();
  }

  /** Dropped events of all importances. */
  public long all() {
    long sum = 0;
    for (LongAdder importance : dropped) {
      sum += importance.sum();
    }
    return sum;
  }
}
