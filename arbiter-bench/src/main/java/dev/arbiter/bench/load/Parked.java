/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.bench.Jvm;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Tasks that wait: 9,000 for agents that never report, and 100,000 in the line behind one of them.
 * Each measurement is made twice, and the second counts.
 */
final class Parked {
  private static final int SILENT = 9_000;
  private static final int WAITING = 100_000;
  private static final double MOST_CPU_MILLIS = 2;
  private static final double MOST_BYTES = 2_048;

  private Parked() {}

  static PromiseTable run(Duration time) throws InterruptedException {
    new Tasks(SILENT, SILENT, Duration.ofSeconds(2)).print(new PromiseTable());
    new Tasks(WAITING, 1, Duration.ZERO).print(new PromiseTable());
    PromiseTable promises = new PromiseTable();
    new Tasks(1, 1, time).print(promises);
    new Tasks(SILENT, SILENT, time).print(promises);
    new Tasks(WAITING, 1, time).print(promises);
    return promises;
  }

  /** What tasks cost while they wait. */
  private static final class Tasks {
    /* As the default executor, but idle threads end after a second. */
    private final ThreadPoolExecutor threads =
        new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>());

    private final int number;
    private final int places;
    private final double bytes;
    private final double cpuMillis;
    private final int threadsHeld;
    private final int threadsMade;

    Tasks(int number, int places, Duration time) throws InterruptedException {
      this.number = number;
      this.places = places;
      try (Arbiter arbiter =
          Arbiter.builder()
              .withoutConstitution()
              .concurrency(places)
              .queueCapacity(number)
              .executor(threads)
              .attemptLimit(Duration.ofHours(1))
              .closeLimit(Duration.ZERO)
              .asyncAgent(
                  AgentProfile.builder("silent").capacity(number).build(),
                  assignment -> new CompletableFuture<>())
              .build()) {
        submit(arbiter, 1);
        await(arbiter, 1);
        long before = Jvm.heapUsed();
        submit(arbiter, number - 1);
        await(arbiter, number);
        bytes = (Jvm.heapUsed() - before) / Math.max(1.0, number - 1);
        threadsHeld = threads.getPoolSize();
        long cpu = Jvm.processCpu();
        Thread.sleep(time.toMillis());
        threadsMade = threads.getLargestPoolSize();
        cpuMillis = (Jvm.processCpu() - cpu) / 1e6 / Math.max(1, time.toSeconds());
      }
    }

    private static void submit(Arbiter arbiter, int tasks) {
      for (int i = 0; i < tasks; i++) {
        arbiter.submit(Task.builder("refactor").build());
      }
    }

    private void await(Arbiter arbiter, int tasks) throws InterruptedException {
      Arbiter.Stats stats = arbiter.stats();
      while (stats.inFlight() < Math.min(places, tasks)
          || stats.inFlight() + stats.waiting() < tasks) {
        Thread.sleep(10);
        stats = arbiter.stats();
      }
      // Threads that have nothing to do end meanwhile.
      Thread.sleep(3_000);
    }

    void print(PromiseTable promises) {
      if (number == 1) {
        promises.note("one task that waits", "%.2f ms CPU a second", cpuMillis);
        return;
      }
      String what =
          String.format(
              "%,d tasks that wait for %s: ", number, places == 1 ? "a place" : "silent agents");
      promises.add(
          what + "at most 2 KB each", bytes <= MOST_BYTES, "%,.0f bytes of heap each", bytes);
      promises.add(
          what + "at most 2 ms CPU a second",
          cpuMillis <= MOST_CPU_MILLIS,
          "%.2f ms of the process",
          cpuMillis);
      promises.add(
          what + "no thread",
          threadsHeld == 0,
          "%d threads; at most %d while they were submitted",
          threadsHeld,
          threadsMade);
    }
  }
}
