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

/** Gives waiting tasks their turn, so many at once. */
final class Dispatcher {
  /*
   * Whoever may begin a task holds a place, one of so many. A place is taken before the queue is
   * asked and given back when the queue had nothing or the task has ended. A worker that gives its
   * place back looks at the queue once more, because a task may have been offered between the two;
   * otherwise that task would wait for the next one.
   */
  static final Duration LEASE = Duration.ofSeconds(60);

  private final TaskQueue queue;
  private final Executor executor;
  private final int places;
  private final AtomicInteger taken = new AtomicInteger();
  private final ConcurrentMap<Key, Run> runs = new ConcurrentHashMap<>();
  private @Nullable Consumer<Run> begin;
  private @Nullable Function<Task, Run> adopt;

  Dispatcher(TaskQueue queue, Executor executor, int places) {
    this.queue = queue;
    this.executor = executor;
    this.places = places;
  }

  /** Two tenants may use the same id. */
  private record Key(String tenant, String id) {
    static Key of(Task task) {
      return new Key(task.tenant(), task.id());
    }
  }

  void connect(Consumer<Run> beginRun, Function<Task, Run> adoptTask) {
    begin = beginRun;
    adopt = adoptTask;
  }

  /** Notes a run; empty-handed if its id is taken. */
  @Nullable Run add(Run run) {
    return runs.putIfAbsent(Key.of(run.task()), run);
  }

  void remove(Run run) {
    runs.remove(Key.of(run.task()), run);
  }

  Collection<Run> runs() {
    return runs.values();
  }

  int inFlight() {
    return taken.get();
  }

  int waiting() {
    return queue.waiting();
  }

  /** Puts a parked run in the queue. */
  boolean offer(Run run) {
    return queue.offer(run.task());
  }

  /** Begins what waits, on the executor, if a place is free. */
  void wake() {
    if (queue.waiting() > 0 && takePlace()) {
      execute(this::work);
    }
  }

  /** Goes on with a run on the executor, and with whatever waits afterwards. */
  void resume(Runnable way) {
    execute(
        () -> {
          way.run();
          wake();
        });
  }

  /** A run has ended. One that ended while in the queue is forgotten when its turn comes. */
  void done(Run run) {
    Lease lease = run.lease();
    if (lease != null) {
      run.lease(null);
      taken.decrementAndGet();
      remove(run);
      queue.acknowledge(lease);
    }
  }

  void extendLeases() {
    for (Run run : runs.values()) {
      Lease lease = run.lease();
      if (lease != null && !queue.extend(lease, LEASE) && !run.state().isEnd()) {
        run.cancel("the claim on the task was lost, somebody else may run it");
      }
    }
  }

  private void work() {
    do {
      Run run = claim();
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

  private @Nullable Run claim() {
    while (true) {
      List<Lease> claimed = queue.claim(1, LEASE);
      if (claimed.isEmpty()) {
        return null;
      }
      Lease lease = claimed.get(0);
      Run run = runs.computeIfAbsent(Key.of(lease.task()), k -> adopt(lease.task()));
      if (run.takeIfParked()) {
        run.lease(lease);
        return run;
      }
      // Called off while it waited.
      queue.acknowledge(lease);
      remove(run);
    }
  }

  private Run adopt(Task task) {
    Run run = connected(adopt).apply(task);
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
      throw new IllegalStateException("the dispatcher is not connected to a line yet");
    }
    return part;
  }
}
