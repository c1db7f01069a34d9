/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one agent: one for each task it may work on at once, and the runs that wait for one.
 * They outlive updates of the agent's profile. Thread-safe.
 *
 * <p>A run has a {@link Seat}, waiting or held. {@link #giveBack} ends it, once, whatever its
 * state.
 */
final class Slots {
  private final Set<Seat> line = new LinkedHashSet<>();
  private boolean open = true;
  private boolean gone;
  private int capacity;
  private final AtomicInteger stuckAgents;
  private boolean stuck;
  private volatile int active;
  private volatile int queued;
  private volatile int abandoned;
  private int hung;

  /**
   * Makes slots.
   *
   * @param capacity how many
   * @param stuckAgents counts the agents of a registry that are stuck
   */
  Slots(int capacity, AtomicInteger stuckAgents) {
    this.capacity = capacity;
    this.stuckAgents = stuckAgents;
  }

  /** The claim of one run on one slot. The lock of its slots guards the state. */
  static final class Seat {
    private final Slots slots;
    private final TaskRun run;
    private final LiveRegistry.Registration agent;
    private State state = State.WAITING;

    /** The state of a seat. */
    enum State {
      WAITING,
      HELD,
      /** The agent was retired, set offline or is stuck: the run must be routed again. */
      GONE,
      GIVEN_BACK
    }

    private Seat(Slots slots, TaskRun run, LiveRegistry.Registration agent) {
      this.slots = slots;
      this.run = run;
      this.agent = agent;
    }

    TaskRun run() {
      return run;
    }

    LiveRegistry.Registration agent() {
      return agent;
    }

    Slots slots() {
      return slots;
    }

    State state() {
      synchronized (slots) {
        return state;
      }
    }
  }

  int active() {
    return active;
  }

  int queued() {
    return queued;
  }

  int abandoned() {
    return abandoned;
  }

  /** Whether calls that hang hold every slot. */
  synchronized boolean isStuck() {
    return stuck;
  }

  private synchronized void countStuck() {
    boolean now = hung >= capacity;
    if (now != stuck) {
      stuck = now;
      stuckAgents.addAndGet(now ? 1 : -1);
    }
  }

  /** A seat for a run: held if a slot is free and no run waits for it; gone if none will be. */
  synchronized Seat request(TaskRun run, LiveRegistry.Registration agent) {
    Seat seat = new Seat(this, run, agent);
    if (gone || stuck) {
      seat.state = Seat.State.GONE;
    } else if (open && active < capacity && line.isEmpty()) {
      hold(seat);
    } else {
      line.add(seat);
      queued = line.size();
    }
    return seat;
  }

  /** A seat that is held, for a run; null if no slot is free. */
  synchronized @Nullable Seat requestFree(TaskRun run, LiveRegistry.Registration agent) {
    if (gone || stuck || !open || active >= capacity || !line.isEmpty()) {
      return null;
    }
    return request(run, agent);
  }

  private synchronized void hold(Seat seat) {
    seat.state = Seat.State.HELD;
    active = active + 1;
  }

  /** Ends a seat. Returns the seat that got its slot, or null. */
  synchronized @Nullable Seat giveBack(Seat seat) {
    Seat.State before = seat.state;
    seat.state = Seat.State.GIVEN_BACK;
    if (before == Seat.State.WAITING) {
      line.remove(seat);
      queued = line.size();
    }
    if (before != Seat.State.HELD) {
      return null;
    }
    active = active - 1;
    return next();
  }

  /** Counts a call that outlives its attempt. */
  synchronized void abandon() {
    abandoned = abandoned + 1;
  }

  /**
   * Counts an abandoned call that does not return. Returns the seats that wait in vain, because
   * such calls hold every slot: their runs must be routed again.
   */
  synchronized List<Seat> hang() {
    hung++;
    countStuck();
    return stuck ? sendAway() : List.of();
  }

  /** Counts an abandoned call that returned. */
  synchronized void abandonedReturned(boolean hanged) {
    abandoned = abandoned - 1;
    hung -= hanged ? 1 : 0;
    countStuck();
  }

  /**
   * Sets the number of slots and whether runs may take them. Returns the seats that changed: they
   * got a slot, or wait in vain because calls that hang hold every slot.
   */
  synchronized List<Seat> set(int newCapacity, boolean nowOpen) {
    capacity = newCapacity;
    countStuck();
    open = nowOpen;
    gone = false;
    List<Seat> changed = stuck ? sendAway() : new ArrayList<>();
    for (Seat seat = next(); seat != null; seat = next()) {
      changed.add(seat);
    }
    return changed;
  }

  /** Sends away all seats that wait, and refuses requests until {@link #set} is called. */
  synchronized List<Seat> dismiss() {
    open = false;
    gone = true;
    return sendAway();
  }

  private synchronized List<Seat> sendAway() {
    List<Seat> all = new ArrayList<>(line);
    all.forEach(seat -> seat.state = Seat.State.GONE);
    line.clear();
    queued = 0;
    return all;
  }

  private synchronized @Nullable Seat next() {
    if (!open || active >= capacity || line.isEmpty()) {
      return null;
    }
    Iterator<Seat> first = line.iterator();
    Seat seat = first.next();
    first.remove();
    queued = line.size();
    hold(seat);
    return seat;
  }
}
