/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.ArbiterException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Three times as many tasks as the agents can do: 64 slots and 10 ms for each task, so at most
 * 6,400 tasks a second. Goodput is the number of tasks that complete in a second.
 */
final class Overload {
  private static final int SLOTS = 64;
  private static final Duration WORK = Duration.ofMillis(10);
  private static final double CAPACITY = SLOTS * 1e9 / WORK.toNanos();
  private static final double LEAST_SHARE = .9;
  private static final Duration WARM_UP = Duration.ofSeconds(2);

  private Overload() {}

  static PromiseTable run(Duration time) throws InterruptedException {
    PromiseTable promises = new PromiseTable();
    Duration soon = Duration.ofSeconds(1);
    Goodput peak = new Goodput(new Load(CAPACITY, 1_000, Duration.ZERO), time);
    promises.note("as many tasks as the agents can do", "%s", peak);
    compare(promises, "a line of 1,000", new Load(3 * CAPACITY, 1_000, Duration.ZERO), peak, time);
    compare(
        promises, "a line of 1,000, deadline 1 s", new Load(3 * CAPACITY, 1_000, soon), peak, time);
    compare(
        promises,
        "a line of 10,000 (1.6 s of work), deadline 1 s",
        new Load(3 * CAPACITY, 10_000, soon),
        peak,
        time);
    return promises;
  }

  private static void compare(
      PromiseTable promises, String what, Load load, Goodput peak, Duration time)
      throws InterruptedException {
    Goodput goodput = new Goodput(load, time);
    promises.add(
        "3 x load, " + what + ": at least 90 % of peak",
        goodput.aSecond >= LEAST_SHARE * peak.aSecond,
        "%.0f %%: %s",
        100 * goodput.aSecond / peak.aSecond,
        goodput);
  }

  /**
   * Tasks that come in steadily.
   *
   * @param aSecond how many a second
   * @param line how many may wait
   * @param deadline of each; zero for none
   */
  private record Load(double aSecond, int line, Duration deadline) {
    Task task() {
      Task.Builder task = Task.builder("refactor");
      return deadline.isZero() ? task.build() : task.deadline(deadline).build();
    }
  }

  /** What came of a load. */
  private static final class Goodput {
    private final Load load;
    private final AtomicLong completed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final double aSecond;
    private final double refusedASecond;
    private final double failedASecond;

    Goodput(Load load, Duration time) throws InterruptedException {
      this.load = load;
      Workshop workshop = new Workshop(WORK);
      Thread reporter = workshop.open();
      ArbiterBuilder builder =
          Arbiter.builder()
              .withoutConstitution()
              .concurrency(SLOTS)
              .queueCapacity(load.line())
              .closeLimit(Duration.ZERO)
              .asyncAgent(AgentProfile.builder("ada").capacity(SLOTS).build(), workshop)
              .listener(
                  event -> {
                    if (event instanceof TaskEvent.Concluded end) {
                      boolean good = end.result() instanceof TaskResult.Completed;
                      (good ? completed : failed).incrementAndGet();
                    }
                  });
      try (Arbiter arbiter = builder.build()) {
        long unused = submit(arbiter, WARM_UP);
        long before = completed.get();
        long failedBefore = failed.get();
        long begin = System.nanoTime();
        long refused = submit(arbiter, time);
        double seconds = (System.nanoTime() - begin) / 1e9;
        aSecond = (completed.get() - before) / seconds;
        failedASecond = (failed.get() - failedBefore) / seconds;
        refusedASecond = refused / seconds;
      }
      reporter.interrupt();
    }

    /** Submits for some time; returns how many were refused. */
    private long submit(Arbiter arbiter, Duration time) throws InterruptedException {
      long refused = 0;
      long begin = System.nanoTime();
      long tasks = (long) (load.aSecond() * time.toNanos() / 1e9);
      for (long i = 0; i < tasks; i++) {
        TimeUnit.NANOSECONDS.sleep(begin + (long) (i * 1e9 / load.aSecond()) - System.nanoTime());
        try {
          arbiter.submit(load.task());
        } catch (ArbiterException full) {
          refused++;
        }
      }
      return refused;
    }

    @Override
    public String toString() {
      return String.format(
          "%,.0f a second completed, %,.0f refused, %,.0f missed their deadline",
          aSecond, refusedASecond, failedASecond);
    }
  }
}
