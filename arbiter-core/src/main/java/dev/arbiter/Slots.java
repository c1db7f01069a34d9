/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one agent can work on at once, and who waits for it. Outlives updates of the agent's
 * profile.
 */
final class Slots {
  private final Deque<Waiting> line = new ArrayDeque<>();
  private boolean open = true;
  private boolean gone;
  private int capacity;
  private volatile int active;
  private volatile int queued;
  private volatile int abandoned;

  Slots(int capacity) {
    this.capacity = capacity;
  }

  /** What came of asking for a slot. */
  enum Entry {
    /** The slot is taken. */
    ENTERED,
    /** In line for one. */
    WAITING,
    /** The agent is not there any more. */
    GONE
  }

  /** A parked run, and the ticket to drive it on. */
  record Waiting(Run run, int ticket) {}

  int active() {
    return active;
  }

  int queued() {
    return queued;
  }

  int abandoned() {
    return abandoned;
  }

  /** Tells whether every slot is held by a call that outlived its attempt. */
  boolean isStuck() {
    return abandoned > 0 && isAllAbandoned();
  }

  private synchronized boolean isAllAbandoned() {
    return abandoned >= capacity;
  }

  /** Takes a free slot, if there is one and nobody is before. */
  synchronized boolean tryEnter() {
    if (!open || active >= capacity || !line.isEmpty()) {
      return false;
    }
    active = active + 1;
    return true;
  }

  /** Takes a free slot, or waits in line for one. */
  synchronized Entry enterOrWait(Waiting waiting) {
    if (gone) {
      return Entry.GONE;
    }
    if (tryEnter()) {
      return Entry.ENTERED;
    }
    line.addLast(waiting);
    queued = line.size();
    return Entry.WAITING;
  }

  /** Gives a slot back, and gives it to whoever waits longest. */
  synchronized @Nullable Waiting leave() {
    active = active - 1;
    return next();
  }

  /** Notes that a call outlived its attempt, or returned at last. */
  synchronized void abandon(int calls) {
    abandoned = abandoned + calls;
  }

  /** Changes how many slots there are, and whether they may be taken. */
  synchronized List<Waiting> set(int newCapacity, boolean nowOpen) {
    capacity = newCapacity;
    open = nowOpen;
    gone = false;
    List<Waiting> begin = new ArrayList<>();
    for (Waiting waiting = next(); waiting != null; waiting = next()) {
      begin.add(waiting);
    }
    return begin;
  }

  /** Sends everybody in line away, and lets nobody in until {@link #set} is called. */
  synchronized List<Waiting> dismiss() {
    open = false;
    gone = true;
    List<Waiting> all = new ArrayList<>(line);
    line.clear();
    queued = 0;
    return all;
  }

  /* Whoever was cancelled while in line has lost its ticket and is passed over. */
  private synchronized @Nullable Waiting next() {
    while (open && active < capacity && !line.isEmpty()) {
      Waiting first = line.removeFirst();
      queued = line.size();
      if (first.run().take(first.ticket())) {
        active = active + 1;
        return first;
      }
    }
    return null;
  }
}
