/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.task.Task;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The running attempts by task and number. Of each it keeps the last event. */
final class OpenAttempts {
  /*
   * An attempt may use any of the eight slots of its group, and a lookup reads all eight, so freeing
   * a slot leaves no mark. Claiming is one compare-and-set on a free slot; nothing is allocated. The
   * events of one task come from one thread at a time; the release store hands the attempt to the
   * thread of the next event.
   *
   * A slot holds the event itself, which knows the task and the attempt. A record would take five
   * reference stores into old memory, each of which may cost the garbage collector a fence.
   *
   * Attempts of a full group go to a map of at most 1,048,576 entries: reported work may wait for
   * people by the hundred thousand. A host with more open attempts probably never ends them, so
   * further attempts are not opened.
   */
  static final int NONE = -1;
  private static final int OVERFLOWED = -2;
  private static final int GROUP = 8;
  private static final int SLOTS = 1024;
  private static final int MOST_OVERFLOW = 1 << 20;

  private final AtomicReferenceArray<@Nullable TaskEvent> slots = new AtomicReferenceArray<>(SLOTS);
  private final Map<Key, TaskEvent> overflow = new ConcurrentHashMap<>();

  private record Key(String tenant, String id, int attempt) {
    static Key of(Step step) {
      return new Key(step.task().tenant(), step.task().id(), step.attempt());
    }
  }

  /** Opens an attempt, or restarts it. Returns whether there was room. */
  boolean open(TaskEvent.Executing event) {
    Step step = event.step();
    int place = find(step);
    if (place != NONE) {
      replace(place, event);
      return true;
    }
    int group = group(step);
    for (int slot = group; slot < group + GROUP; slot++) {
      if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, event)) {
        return true;
      }
    }
    if (overflow.size() >= MOST_OVERFLOW) {
      return false;
    }
    overflow.put(Key.of(step), event);
    return true;
  }

  /** The place of the open attempt of a step, or {@link #NONE}. */
  int find(Step step) {
    int group = group(step);
    for (int slot = group; slot < group + GROUP; slot++) {
      TaskEvent last = slots.getAcquire(slot);
      if (last != null && isSame(last.step(), step)) {
        return slot;
      }
    }
    return !overflow.isEmpty() && overflow.containsKey(Key.of(step)) ? OVERFLOWED : NONE;
  }

  /** The last event of an attempt at its place. */
  @Nullable TaskEvent last(int place, Step step) {
    return place == OVERFLOWED ? overflow.get(Key.of(step)) : slots.getAcquire(place);
  }

  /** Stores the next event of an attempt at its place. */
  void replace(int place, TaskEvent event) {
    if (place == OVERFLOWED) {
      overflow.put(Key.of(event.step()), event);
    } else {
      slots.setRelease(place, event);
    }
  }

  /** Frees the place of an attempt and returns its last event. */
  @Nullable TaskEvent close(int place, Step step) {
    if (place == OVERFLOWED) {
      return overflow.remove(Key.of(step));
    }
    TaskEvent last = slots.getAcquire(place);
    slots.setRelease(place, null);
    return last;
  }

  /** Forgets all. */
  void clear() {
    overflow.clear();
    for (int slot = 0; slot < SLOTS; slot++) {
      slots.setRelease(slot, null);
    }
  }

  /** How many are open. */
  int count() {
    int open = overflow.size();
    for (int slot = 0; slot < SLOTS; slot++) {
      if (slots.getAcquire(slot) != null) {
        open++;
      }
    }
    return open;
  }

  private static int group(Step step) {
    Task task = step.task();
    int hash = 31 * task.tenant().hashCode() + task.id().hashCode();
    int mixed = (hash + step.attempt()) * 0x9E3779B9;
    return (mixed >>> 16) & (SLOTS - 1) & -GROUP;
  }

  private static boolean isSame(Step a, Step b) {
    return a.attempt() == b.attempt()
        && a.task().id().equals(b.task().id())
        && a.task().tenant().equals(b.task().tenant());
  }
}
