/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.Task;
import dev.arbiter.task.Usage;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The attempts that run now, by task. */
final class OpenAttempts {
  /*
   * A task may use any of the eight slots of its group and is looked for in all of them, so a slot
   * can be freed without leaving a mark. Claiming is one compare-and-set on a null owner; nothing is
   * allocated. The events of one task come from one thread at a time, so who owns a slot writes its
   * attempt plainly; the store of the owner with release hands it to the thread of the next event.
   *
   * Tasks whose group is full go to a map. That many attempts at once, 65,536 in the map, are taken
   * for a host that never ends any: further ones are not opened.
   */
  private static final int GROUP = 8;
  private static final int SLOTS = 1024;
  private static final int MOST_OVERFLOW = 1 << 16;

  private final AtomicReferenceArray<@Nullable Task> owners = new AtomicReferenceArray<>(SLOTS);
  private final OpenAttempt[] attempts = new OpenAttempt[SLOTS];
  private final Map<Key, OpenAttempt> overflow = new ConcurrentHashMap<>();

  private record Key(String tenant, String id) {}

  /** One attempt: what is known of it so far. */
  static final class OpenAttempt {
    private static final int OVERFLOWED = -1;
    private final int slot;
    String agent = "";
    long startNanos;
    boolean reported;
    long nanos;
    Usage usage = Usage.none();

    OpenAttempt(int slot) {
      this.slot = slot;
    }
  }

  OpenAttempts() {
    for (int slot = 0; slot < SLOTS; slot++) {
      attempts[slot] = new OpenAttempt(slot);
    }
  }

  /** Opens an attempt of a task; null when too many are open. */
  @Nullable OpenAttempt open(Task task, String agent, long startNanos) {
    OpenAttempt attempt = find(task);
    if (attempt == null) {
      attempt = claim(task);
    }
    if (attempt != null) {
      attempt.agent = agent;
      attempt.startNanos = startNanos;
      attempt.reported = false;
      attempt.usage = Usage.none();
      handOn(task, attempt);
    }
    return attempt;
  }

  private @Nullable OpenAttempt claim(Task task) {
    int group = group(task);
    for (int slot = group; slot < group + GROUP; slot++) {
      if (owners.getPlain(slot) == null && owners.compareAndSet(slot, null, task)) {
        return attempts[slot];
      }
    }
    if (overflow.size() >= MOST_OVERFLOW) {
      return null;
    }
    OpenAttempt attempt = new OpenAttempt(OpenAttempt.OVERFLOWED);
    overflow.put(new Key(task.tenant(), task.id()), attempt);
    return attempt;
  }

  /** The open attempt of a task. */
  @Nullable OpenAttempt find(Task task) {
    int group = group(task);
    for (int slot = group; slot < group + GROUP; slot++) {
      Task owner = owners.getAcquire(slot);
      if (owner != null && isSame(owner, task)) {
        return attempts[slot];
      }
    }
    return overflow.isEmpty() ? null : overflow.get(new Key(task.tenant(), task.id()));
  }

  /** Hands what was written into an attempt to the thread of the task's next event. */
  void handOn(Task task, OpenAttempt attempt) {
    if (attempt.slot != OpenAttempt.OVERFLOWED) {
      owners.setRelease(attempt.slot, task);
    }
  }

  /** Forgets a task's attempt, which must be open. */
  void close(Task task, OpenAttempt attempt) {
    if (attempt.slot == OpenAttempt.OVERFLOWED) {
      overflow.remove(new Key(task.tenant(), task.id()));
    } else {
      owners.setRelease(attempt.slot, null);
    }
  }

  /** Forgets all. */
  void clear() {
    overflow.clear();
    for (int slot = 0; slot < SLOTS; slot++) {
      owners.setRelease(slot, null);
    }
  }

  /** How many are open. */
  int count() {
    int open = overflow.size();
    for (int slot = 0; slot < SLOTS; slot++) {
      if (owners.getAcquire(slot) != null) {
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
