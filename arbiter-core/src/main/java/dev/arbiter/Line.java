/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The places for tasks that run at once, and the line of those that wait for one. Thread-safe.
 *
 * <p>A higher priority goes first. Within a priority, tenants take turns; within a tenant, the
 * first to come goes first. One place of {@value #FAIR_EVERY} goes to the task that has waited
 * longest, whatever its priority, so that none waits for ever.
 *
 * <p>A run holds its place until {@link #leave}.
 *
 * <p>A full line makes room for a task of higher priority: it sheds the run of the lowest priority
 * that came last, if nothing was done for it yet.
 */
final class Line {
  static final int FAIR_EVERY = 8;
  private static final int PRIORITIES = 10;
  private static final long LEAST_LOOK = 200_000_000;
  private static final long UNKNOWN_PACE = 1_000_000_000;
  private static final long LONGEST_PAUSE = 60_000_000_000L;

  private final int places;
  private final int capacity;
  private final List<Map<String, Set<TaskRun>>> byPriority = new ArrayList<>(PRIORITIES);
  private final Set<TaskRun> byArrival = new LinkedHashSet<>();
  private final int[] waitingAt = new int[PRIORITIES];

  /* By priority, the waiting runs for which nothing was done yet, in the order in which they came. */
  private final List<NavigableMap<Long, TaskRun>> fresh = new ArrayList<>(PRIORITIES);
  private long arrivals;
  private int given;
  private int reserved;

  /* How many places came free since the last look, and how long one takes; 0 while unknown. */
  private int freed;
  private boolean looked;
  private long lookedAt;
  private double nanosAPlace;
  private volatile int taken;
  private volatile int waiting;

  Line(int places, int capacity) {
    this.places = places;
    this.capacity = capacity;
    for (int i = 0; i < PRIORITIES; i++) {
      byPriority.add(new LinkedHashMap<>());
      fresh.add(new TreeMap<>());
    }
  }

  int taken() {
    return taken;
  }

  int waiting() {
    return waiting;
  }

  /** The runs that wait for a place or have room reserved. */
  synchronized int expected() {
    return byArrival.size() + reserved;
  }

  /**
   * Reserves room for a run until it comes or leaves; false if the line is full. The executor may
   * let an accepted run come long after.
   */
  synchronized boolean reserve(TaskRun run) {
    if (isFull()) {
      return false;
    }
    run.reserved(true);
    reserved++;
    return true;
  }

  /**
   * Reserves room for a run that found the line full: in place of one of lower priority, which is
   * shed; null if none is. Room that came free since is reserved, and then none is shed.
   */
  synchronized @Nullable TaskRun reserveInPlace(TaskRun run) {
    if (reserve(run)) {
      return null;
    }
    TaskRun shed = shed(run.task().priority());
    if (shed != null) {
      run.reserved(true);
      reserved++;
    }
    return shed;
  }

  private @Nullable TaskRun shed(int priority) {
    for (int i = 0; i < priority - 1; i++) {
      Map.Entry<Long, TaskRun> last = fresh.get(i).lastEntry();
      if (last != null) {
        byArrival.remove(last.getValue());
        remove(last.getValue());
        return last.getValue();
      }
    }
    return null;
  }

  /**
   * When a caller that finds the line full may come again, in nanoseconds: when half of those that
   * wait have got a place, if they do so as fast as of late.
   */
  synchronized long retryAfter() {
    double half = nanosAPlace == 0 ? UNKNOWN_PACE : nanosAPlace * byArrival.size() / 2;
    return (long) Math.max(LEAST_LOOK, Math.min(half, LONGEST_PAUSE));
  }

  /** Whether no further run would be let in. */
  synchronized boolean isFull() {
    return taken + byArrival.size() + reserved >= (long) places + capacity;
  }

  /** Measures how fast places come free. One thread calls it now and then. */
  synchronized void look(long now) {
    long since = now - lookedAt;
    if (looked && since < LEAST_LOOK) {
      return;
    }
    if (looked && freed > 0) {
      double measured = (double) since / freed;
      nanosAPlace = nanosAPlace == 0 ? measured : (nanosAPlace + measured) / 2;
    } else if (taken < places) {
      nanosAPlace = 0;
    }
    freed = 0;
    looked = true;
    lookedAt = now;
  }

  /** About how long a task that comes now waits for a place, in nanoseconds; 0 while unknown. */
  synchronized long expectedWait(Task task) {
    int own = task.priority() - 1;
    int ahead = 0;
    for (int i = own + 1; i < PRIORITIES; i++) {
      ahead += waitingAt[i];
    }
    Map<String, Set<TaskRun>> tenants = byPriority.get(own);
    Set<TaskRun> mine = tenants.getOrDefault(task.tenant(), Set.of());
    int turns = tenants.size() + (mine.isEmpty() ? 1 : 0);
    ahead += Math.min(waitingAt[own], turns * mine.size());
    return (long) (ahead * nanosAPlace);
  }

  private void free(TaskRun run) {
    if (run.isReserved()) {
      run.reserved(false);
      reserved--;
    }
  }

  /** Takes a place for the run, or adds it to the line. True if it has a place. */
  synchronized boolean enter(TaskRun run) {
    free(run);
    if (run.hasPlace()) {
      return true;
    }
    if (taken < places && byArrival.isEmpty()) {
      taken = taken + 1;
      run.place(true);
      return true;
    }
    if (!byArrival.add(run)) {
      return false;
    }
    byPriority
        .get(run.task().priority() - 1)
        .computeIfAbsent(run.task().tenant(), tenant -> new LinkedHashSet<>())
        .add(run);
    waitingAt[run.task().priority() - 1]++;
    if (run.isFresh()) {
      run.arrival(++arrivals);
      fresh.get(run.task().priority() - 1).put(arrivals, run);
    }
    waiting = byArrival.size();
    return false;
  }

  /**
   * Gives back the place of a run and the room reserved for it, or takes it out of the line.
   * Returns the run that is next.
   */
  synchronized @Nullable TaskRun leave(TaskRun run) {
    free(run);
    if (!run.hasPlace()) {
      if (byArrival.remove(run)) {
        remove(run);
      }
      return null;
    }
    run.place(false);
    freed++;
    taken = taken - 1;
    if (byArrival.isEmpty() || taken >= places) {
      return null;
    }
    TaskRun next = ++given % FAIR_EVERY == 0 ? byArrival.iterator().next() : first();
    byArrival.remove(next);
    remove(next);
    taken = taken + 1;
    next.place(true);
    return next;
  }

  private TaskRun first() {
    for (int i = PRIORITIES - 1; i >= 0; i--) {
      Iterator<Set<TaskRun>> tenants = byPriority.get(i).values().iterator();
      if (tenants.hasNext()) {
        return tenants.next().iterator().next();
      }
    }
    throw new AssertionError("the line has " + waiting + " runs and none of any priority");
  }

  /* The tenant goes behind the others, if it has more runs. */
  private void remove(TaskRun run) {
    fresh.get(run.task().priority() - 1).remove(run.arrival(), run);
    Map<String, Set<TaskRun>> tenants = byPriority.get(run.task().priority() - 1);
    Set<TaskRun> own = tenants.remove(run.task().tenant());
    if (own != null) {
      own.remove(run);
      waitingAt[run.task().priority() - 1]--;
      if (!own.isEmpty()) {
        tenants.put(run.task().tenant(), own);
      }
    }
    waiting = byArrival.size();
  }
}
