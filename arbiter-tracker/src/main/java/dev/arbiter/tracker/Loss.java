/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/** Whether an event may be dropped, and how many were. */
final class Loss {
  /** Waits for room as long as it takes. */
  static final long NEVER = -1;

  private final long longestWait;
  private final LongAdder[] dropped = new LongAdder[Tag.IMPORTANCES];

  /** Allows loss after so many nanoseconds without room, or {@link #NEVER}. */
  Loss(long longestWait) {
    this.longestWait = longestWait;
    Arrays.setAll(dropped, i -> new LongAdder());
  }

  /** Tells whether an event may be dropped that waited for so long; never a critical one. */
  boolean isAllowed(long tag, long waited) {
    return longestWait >= 0 && Tag.importance(tag) != Tag.CRITICAL && waited >= longestWait;
  }

  void count(long tag) {
    dropped[Tag.importance(tag)].increment();
  }

  /** Counts events of which nothing is known, as normal ones. */
  void countUnknown(long events) {
    dropped[Tag.NORMAL].add(events);
  }

  long of(int importance) {
    return dropped[importance].sum();
  }

  long all() {
    long sum = 0;
    for (LongAdder importance : dropped) {
      sum += importance.sum();
    }
    return sum;
  }
}
