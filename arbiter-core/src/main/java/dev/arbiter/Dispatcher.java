/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.TaskQueue;
import dev.arbiter.spi.TaskQueue.Lease;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Starts waiting tasks, up to a number at once, and keeps their leases. */
final class Dispatcher {
  /*
   * A worker needs a place to begin a task; the number of places is the concurrency. It takes the
   * place before it asks the queue, and returns it when the queue was empty or the task has ended.
   * After returning its place a worker looks at the queue once more: a task may have been offered in
   * between, and would otherwise wait until the next task is offered.
   */
  static final Duration LEASE = Duration.ofSeconds(60);

  private final TaskQueue queue;
  private final Executor executor;
  private final int places;
  private final AtomicInteger taken = new AtomicInteger();
  private final ConcurrentMap<Key, TaskRun> runs = new ConcurrentHashMap<>();
  private @Nullable Consumer<TaskRun> begin;
  private @Nullable Function<Task, TaskRun> adopt;

  Dispatcher(TaskQueue queue, Executor executor, int places) {
    this.queue = queue;
    this.executor = executor;
    this.places = places;
  }

  /** The key of a run; two tenants may use the same task id. */
  private record Key(String tenant, String id) {
    static Key of(Task task) {
      return new Key(task.tenant(), task.id());
    }
  }

  void connect(Consumer<TaskRun> beginRun, Function<Task, TaskRun> adoptTask) {
    begin = beginRun;
    adopt = adoptTask;
  }

  /** Registers a run. Returns the run that already has this id, or null if the id was free. */
  @Nullable TaskRun add(TaskRun run) {
    return runs.putIfAbsent(Key.of(run.task()), run);
  }

  void remove(TaskRun run) {
    runs.remove(Key.of(run.task()), run);
  }

  Collection<TaskRun> runs() {
    return runs.values();
  }

  int inFlight() {
    return taken.get();
  }

  int waiting() {
    return queue.waiting();
  }

  /** Puts a parked run in the queue. */
  boolean offer(TaskRun run) {
    return queue.offer(run.task());
  }

  /** Starts a waiting task on the executor, if there is one and a place is free. */
  void wake() {
    if (queue.waiting() > 0 && takePlace()) {
      execute(this::work);
    }
  }

  /** Continues a run on the executor, then starts waiting tasks. */
  void resume(Runnable way) {
    execute(
        () -> {
          way.run();
          wake();
        });
  }

  /** Ends a run. A run that ended while it was queued is removed when it is claimed. */
  void done(TaskRun run) {
    Lease lease = run.lease();
    if (lease != null) {
      run.lease(null);
      taken.decrementAndGet();
      remove(run);
      queue.acknowledge(lease);
    }
  }

  void extendLeases() {
    for (TaskRun run : runs.values()) {
      Lease lease = run.lease();
      if (lease != null && !queue.extend(lease, LEASE) && !run.state().isEnd()) {
        run.cancel("the lease of the task was lost, another node may run it");
      }
    }
  }

  private void work() {
    do {
      TaskRun run = claim();
      if (run == null) {
        taken.decrementAndGet();
        if (queue.waiting() == 0) {
          return;
        }
      } else {
        connected(begin).accept(run);
      }
    } while (takePlace());
  }

  private @Nullable TaskRun claim() {
    while (true) {
      List<Lease> claimed = queue.claim(1, LEASE);
      if (claimed.isEmpty()) {
        return null;
      }
      Lease lease = claimed.get(0);
      TaskRun run = runs.computeIfAbsent(Key.of(lease.task()), k -> adopt(lease.task()));
      if (run.takeIfParked()) {
        run.lease(lease);
        return run;
      }
      // Cancelled while it waited.
      queue.acknowledge(lease);
      remove(run);
    }
  }

  private TaskRun adopt(Task task) {
    TaskRun run = connected(adopt).apply(task);
    run.park();
    return run;
  }

  private boolean takePlace() {
    int now = taken.get();
    while (now < places) {
      if (taken.compareAndSet(now, now + 1)) {
        return true;
      }
      now = taken.get();
    }
    return false;
  }

  private void execute(Runnable way) {
    try {
      executor.execute(way);
    } catch (RejectedExecutionException shutDown) {
      way.run();
    }
  }

  private static <T> T connected(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("the dispatcher is not connected to a pipeline yet");
    }
    return part;
  }
}
