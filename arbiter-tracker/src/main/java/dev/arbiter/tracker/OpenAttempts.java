/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The attempts that run now, by task: of each the last event that came. */
final class OpenAttempts {
  /*
   * A task may use any of the eight slots of its group and is looked for in all of them, so a slot
   * can be freed without leaving a mark. Claiming is one compare-and-set on a free slot; nothing is
   * allocated. The events of one task come from one thread at a time; the store with release hands
   * the attempt to the thread of the next one.
   *
   * The slot holds the event itself, which knows the task and all that is needed of the attempt: a
   * record of our own would take five stores of references into old memory, and each may cost the
   * collector of garbage a fence.
   *
   * Tasks whose group is full go to a map. That many attempts at once, 65,536 in the map, are taken
   * for a host that never ends any: further ones are not opened.
   */
  static final int NONE = -1;
  private static final int OVERFLOWED = -2;
  private static final int GROUP = 8;
  private static final int SLOTS = 1024;
  private static final int MOST_OVERFLOW = 1 << 16;

  private final AtomicReferenceArray<@Nullable TaskEvent> slots = new AtomicReferenceArray<>(SLOTS);
  private final Map<Key, TaskEvent> overflow = new ConcurrentHashMap<>();

  private record Key(String tenant, String id) {
    static Key of(Task task) {
      return new Key(task.tenant(), task.id());
    }
  }

  /** Opens an attempt, or begins that of its task anew; tells whether there was room. */
  boolean open(TaskEvent.Executing event) {
    Task task = event.task();
    int place = find(task);
    if (place != NONE) {
      replace(place, event);
      return true;
    }
    int group = group(task);
    for (int slot = group; slot < group + GROUP; slot++) {
      if (slots.getPlain(slot) == null && slots.compareAndSet(slot, null, event)) {
        return true;
      }
    }
    if (overflow.size() >= MOST_OVERFLOW) {
      return false;
    }
    overflow.put(Key.of(task), event);
    return true;
  }

  /** The place of a task's open attempt, or {@link #NONE}. */
  int find(Task task) {
    int group = group(task);
    for (int slot = group; slot < group + GROUP; slot++) {
      TaskEvent last = slots.getAcquire(slot);
      if (last != null && isSame(last.task(), task)) {
        return slot;
      }
    }
    return !overflow.isEmpty() && overflow.containsKey(Key.of(task)) ? OVERFLOWED : NONE;
  }

  /** Puts the next event of a task in the place that was found for it. */
  void replace(int place, TaskEvent event) {
    if (place == OVERFLOWED) {
      overflow.put(Key.of(event.task()), event);
    } else {
      slots.setRelease(place, event);
    }
  }

  /** Frees the place that was found for a task; the last event that was there. */
  @Nullable TaskEvent close(int place, Task task) {
    if (place == OVERFLOWED) {
      return overflow.remove(Key.of(task));
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

  private static int group(Task task) {
    int mixed = (31 * task.tenant().hashCode() + task.id().hashCode()) * 0x9E3779B9;
    return (mixed >>> 16) & (SLOTS - 1) & -GROUP;
  }

  private static boolean isSame(Task a, Task b) {
    return a.id().equals(b.id()) && a.tenant().equals(b.tenant());
  }
}
