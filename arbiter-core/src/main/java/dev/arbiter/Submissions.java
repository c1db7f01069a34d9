/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** Gives ids to tasks without one, and maps submissions with one idempotency key to one task. */
final class Submissions {
  private static final Duration KEPT = Duration.ofHours(24);
  private static final int RADIX = 36;

  private final String prefix;
  private final AtomicLong count = new AtomicLong();
  private final Cache<Key, TaskRun> known;

  Submissions(Sources sources, int idempotencyKeys) {
    this.prefix = "t-" + Long.toUnsignedString(sources.random().nextLong(), RADIX) + "-";
    this.known =
        Caffeine.newBuilder()
            .maximumSize(idempotencyKeys)
            .expireAfterWrite(KEPT)
            .ticker(sources.nanoTime()::getAsLong)
            .executor(Runnable::run)
            .build();
  }

  private record Key(String tenant, String key) {}

  /** Accepts a task, or returns the run of the same idempotency key. */
  TaskRun once(Task task, Function<Task, TaskRun> accept) {
    if (task.idempotencyKey().isEmpty()) {
      return accept.apply(named(task));
    }
    Key key = new Key(task.tenant(), task.idempotencyKey());
    TaskRun first = known.getIfPresent(key);
    if (first == null) {
      first = known.get(key, k -> accept.apply(named(task)));
    }
    Task accepted = first.task();
    Task same = task.id().isEmpty() ? task.withId(accepted.id()) : task;
    if (!same.equals(accepted)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "idempotency key '%s' of tenant '%s' was used for task '%s', which differs;"
                  + " use a new key",
              task.idempotencyKey(),
              task.tenant(),
              accepted.id()));
    }
    return first;
  }

  private Task named(Task task) {
    return task.id().isEmpty() ? task.withId(prefix + count.incrementAndGet()) : task;
  }
}
