/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one agent: one for each task it may work on at once, and the runs that wait for one.
 * They outlive updates of the agent's profile. Thread-safe.
 */
final class AgentSlots {
  private final Deque<Waiter> waiters = new ArrayDeque<>();
  private boolean open = true;
  private boolean gone;
  private int capacity;
  private volatile int active;
  private volatile int queued;
  private volatile int abandoned;

  AgentSlots(int capacity) {
    this.capacity = capacity;
  }

  /** The answer to a request for a slot. */
  enum Answer {
    /** The caller has the slot. */
    ACQUIRED,
    /** The run waits for a slot. */
    WAITING,
    /** The agent was retired or set offline. */
    GONE
  }

  /** A parked run, and the ticket that allows to continue it. */
  record Waiter(TaskRun run, int ticket) {}

  int active() {
    return active;
  }

  int queued() {
    return queued;
  }

  int abandoned() {
    return abandoned;
  }

  /** Whether calls that outlived their attempt hold every slot. */
  boolean isStuck() {
    return abandoned > 0 && isAllAbandoned();
  }

  private synchronized boolean isAllAbandoned() {
    return abandoned >= capacity;
  }

  /** Takes a slot if one is free and no run waits for it. */
  synchronized boolean tryAcquire() {
    if (!open || active >= capacity || !waiters.isEmpty()) {
      return false;
    }
    active = active + 1;
    return true;
  }

  /** Takes a free slot, or adds the run to those that wait. */
  synchronized Answer acquireOrWait(Waiter waiting) {
    if (gone) {
      return Answer.GONE;
    }
    if (tryAcquire()) {
      return Answer.ACQUIRED;
    }
    waiters.addLast(waiting);
    queued = waiters.size();
    return Answer.WAITING;
  }

  /** Returns a slot. The run that waited longest gets it and is returned; null if none waits. */
  synchronized @Nullable Waiter release() {
    active = active - 1;
    return next();
  }

  /** Counts a call that outlived its attempt (1), or one such call that returned (-1). */
  synchronized void abandon(int calls) {
    abandoned = abandoned + calls;
  }

  /** Sets the number of slots and whether runs may take them. Returns the runs that got one. */
  synchronized List<Waiter> set(int newCapacity, boolean nowOpen) {
    capacity = newCapacity;
    open = nowOpen;
    gone = false;
    List<Waiter> begin = new ArrayList<>();
    for (Waiter waiting = next(); waiting != null; waiting = next()) {
      begin.add(waiting);
    }
    return begin;
  }

  /** Returns all waiting runs, and refuses requests until {@link #set} is called. */
  synchronized List<Waiter> dismiss() {
    open = false;
    gone = true;
    List<Waiter> all = new ArrayList<>(waiters);
    waiters.clear();
    queued = 0;
    return all;
  }

  /* A run that was cancelled while it waited has lost its ticket: it is skipped. */
  private synchronized @Nullable Waiter next() {
    while (open && active < capacity && !waiters.isEmpty()) {
      Waiter first = waiters.removeFirst();
      queued = waiters.size();
      if (first.run().take(first.ticket())) {
        active = active + 1;
        return first;
      }
    }
    return null;
  }
}
