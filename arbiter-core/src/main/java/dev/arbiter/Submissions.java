/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Digests;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of this arbiter, by id and by idempotency key. Thread-safe; no call waits for another.
 *
 * <p>A task that has not ended is always known. Of the ended ones, the newest keys are known for 24
 * hours.
 */
final class Submissions {
  private static final long KEPT = Duration.ofHours(24).toNanos();
  private static final int RADIX = 36;
  private static final int ID_LENGTH = 26;

  private final String prefix;
  private final AtomicLong count = new AtomicLong();
  private final ConcurrentMap<String, TaskRun> byId = new ConcurrentHashMap<>();
  private final ConcurrentMap<Key, TaskRun> byKey = new ConcurrentHashMap<>();
  private final EndedKeys ended;

  Submissions(Sources sources, int endedKeys) {
    this.prefix = "t-" + Long.toUnsignedString(sources.random().nextLong(), RADIX) + "-";
    this.ended = new EndedKeys(endedKeys, sources.nanoTime());
  }

  private record Key(String tenant, String key) {
    static Key of(Task task) {
      return new Key(task.tenant(), task.idempotencyKey());
    }
  }

  /**
   * The runs that ended with a key: the newest, for a day. First in, first out: a cache that keeps
   * what is used often would forget a new key before an old one.
   */
  private static final class EndedKeys {
    private final LongSupplier nanoTime;
    private final Map<Key, Ended> inOrder;

    EndedKeys(int most, LongSupplier nanoTime) {
      this.nanoTime = nanoTime;
      this.inOrder =
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Key, Ended> eldest) {
              return size() > most || isOld(eldest.getValue());
            }
          };
    }

    private record Ended(TaskRun run, long at) {}

    synchronized @Nullable TaskRun get(Key key) {
      Ended known = inOrder.get(key);
      return known == null || isOld(known) ? null : known.run;
    }

    synchronized void add(Key key, TaskRun run) {
      inOrder.remove(key);
      inOrder.put(key, new Ended(run, nanoTime.getAsLong()));
    }

    private boolean isOld(Ended known) {
      return nanoTime.getAsLong() - known.at >= KEPT;
    }
  }

  /** The task with an id: its own, one from its idempotency key, or a new one. */
  Task named(Task task) {
    if (!task.id().isEmpty()) {
      return task;
    }
    if (task.idempotencyKey().isEmpty()) {
      return task.withId(prefix + count.incrementAndGet());
    }
    String digest = Digests.sha256Hex(task.tenant() + '\0' + task.idempotencyKey());
    return task.withId("k-" + digest.substring(0, ID_LENGTH));
  }

  /**
   * Adds a run; it is known until {@link #remove}. Returns the run of the same idempotency key
   * instead, if there is one; null if the run was added.
   *
   * @param asked the task as its caller gave it, perhaps without an id
   * @throws IllegalStateException if another task has the id, or the key was used for another task
   */
  @Nullable TaskRun add(TaskRun run, Task asked) {
    Task task = run.task();
    if (!task.idempotencyKey().isEmpty()) {
      TaskRun first = first(run);
      if (first != run) {
        return same(first, asked);
      }
    }
    TaskRun other = byId.putIfAbsent(run.key(), run);
    // A caller that awaited the end may use the id again, before the run is removed.
    while (other != null && other.isComplete()) {
      byId.remove(run.key(), other);
      other = byId.putIfAbsent(run.key(), run);
    }
    if (other != null) {
      remove(run, false);
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "task '%s' of tenant '%s' was submitted before and is %s; use another id",
              task.id(),
              task.tenant(),
              other.state()));
    }
    return null;
  }

  /* The run that has the key of this one: an earlier one, or this one from now on. */
  private TaskRun first(TaskRun run) {
    TaskRun[] first = {run};
    byKey.compute(
        Key.of(run.task()),
        (key, known) -> {
          TaskRun over = known == null ? ended.get(key) : known;
          first[0] = over == null ? run : over;
          return over == null ? run : known;
        });
    return first[0];
  }

  private static TaskRun same(TaskRun first, Task task) {
    requireSame(first.task(), task);
    return first;
  }

  /**
   * Requires that a task is the one for which its idempotency key was used before. The correlation
   * id may differ: a caller that tries again is in another trace.
   *
   * @throws IllegalStateException if it is another
   */
  static void requireSame(Task accepted, Task task) {
    Task named = task.id().isEmpty() ? task.withId(accepted.id()) : task;
    named = named.withCorrelationId(accepted.correlationId());
    if (!named.equals(accepted)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "idempotency key '%s' of tenant '%s' was used for task '%s', which differs;"
                  + " use a new key",
              task.idempotencyKey(),
              task.tenant(),
              accepted.id()));
    }
  }

  /** How many tasks have not ended. */
  int size() {
    return byId.size();
  }

  /** Removes a run that has ended, or was never accepted. */
  void remove(TaskRun run, boolean accepted) {
    if (!run.task().idempotencyKey().isEmpty()) {
      TaskRun unused =
          byKey.computeIfPresent(
              Key.of(run.task()),
              (key, known) -> {
                if (known != run) {
                  return known;
                }
                if (accepted) {
                  ended.add(key, run);
                }
                return null;
              });
    }
    byId.remove(run.key(), run);
  }

  @Nullable TaskRun find(String key) {
    return byId.get(key);
  }

  Collection<TaskRun> all() {
    return byId.values();
  }
}
