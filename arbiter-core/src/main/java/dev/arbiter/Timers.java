/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Times at which runs must be looked at: a wheel of {@value #SLOTS} lists, one for each tick of 50
 * ms. Setting and clearing a timer takes constant time. Thread-safe; one thread calls {@link #due}.
 */
final class Timers {
  static final long TICK = 50_000_000;
  private static final int SLOTS = 1024;

  private final long origin;
  private final Timer[] lists = new Timer[SLOTS];
  private volatile long seen;

  Timers(long now) {
    this.origin = now;
    for (int i = 0; i < SLOTS; i++) {
      lists[i] = new Timer();
    }
  }

  /** A duration in nanoseconds, as long as a timer can be. */
  static long nanos(Duration time) {
    return Math.min(Long.MAX_VALUE / 4, NANOSECONDS.convert(time));
  }

  /** One time, for one run. */
  static class Timer {
    private Timer before = this;
    private Timer after = this;
    private long at;
    private volatile int slot = -1;
    private boolean lookedAt;

    /** The run to look at; null for the head of a list. */
    @Nullable TaskRun ofRun() {
      return null;
    }

    /* Only the thread of the sweep uses these two. */

    boolean isLookedAt() {
      return lookedAt;
    }

    void lookedAt() {
      lookedAt = true;
    }

    /** Whether the time does not matter any more. */
    boolean isOver() {
      return true;
    }
  }

  /** Sets a timer that is not set. */
  void set(Timer timer, long at) {
    while (true) {
      long tick = Math.max(seen, Math.max(0, at - origin) / TICK);
      Timer head = lists[slot(tick)];
      synchronized (head) {
        if (tick >= seen) {
          timer.at = at;
          timer.slot = slot(tick);
          timer.after = head;
          timer.before = head.before;
          head.before.after = timer;
          head.before = timer;
          return;
        }
      }
    }
  }

  /** Clears a timer; does nothing if it is not set. */
  void clear(Timer timer) {
    int slot = timer.slot;
    if (slot >= 0) {
      synchronized (lists[slot]) {
        if (timer.slot == slot) {
          unlink(timer);
        }
      }
    }
  }

  /** Clears and returns all timers whose time has come. */
  List<Timer> due(long now) {
    long from = seen;
    long to = Math.max(from, Math.max(0, now - origin) / TICK);
    // First, so that a timer set from now on goes to a list that is not yet seen.
    seen = to;
    List<Timer> due = new ArrayList<>();
    for (long tick = Math.max(from, to - SLOTS + 1); tick <= to; tick++) {
      Timer head = lists[slot(tick)];
      synchronized (head) {
        Timer next;
        for (Timer timer = head.after; timer != head; timer = next) {
          next = timer.after;
          if (now - timer.at >= 0) {
            unlink(timer);
            due.add(timer);
          }
        }
      }
    }
    return due;
  }

  private static void unlink(Timer timer) {
    timer.before.after = timer.after;
    timer.after.before = timer.before;
    timer.before = timer;
    timer.after = timer;
    timer.slot = -1;
  }

  private static int slot(long tick) {
    return (int) (tick % SLOTS);
  }
}
