/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.bench.Jvm;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.tracker.analysis.ConfidenceInterval;
import dev.arbiter.tracker.analysis.LeakDetector;
import java.time.Duration;
import java.time.Instant;
import org.HdrHistogram.Histogram;

/**
 * 2,000 tasks at once among 10,000 asynchronous agents, whose calls take 100 ms: about 20,000 tasks
 * a second.
 *
 * <p>One task of a hundred fails at its first agent, one of a hundred is cancelled, each has a
 * deadline, some have an idempotency key, and a hundred agents change. One thread does all the
 * work, so that its CPU time between two reports is what one task costs. The heap is measured at 40
 * moments; the first ten are warm-up.
 */
final class Soak {
  private static final int AGENTS = 10_000;
  private static final int CAPACITY = 2_000;
  private static final int AT_ONCE = 2_000;
  private static final int POINTS = 40;
  private static final int WARM_UP = 10;
  private static final int SOMETIMES = 100;
  private static final int CHANGING = 100;
  private static final double LEAST_LEAK = 10 * 1024 * 1024;
  private static final long MOST_CPU = 1_000_000;
  private static final long SEED = 42;

  private final Workshop workshop = new Workshop(Duration.ofMillis(100));
  private final LeakDetector heap = new LeakDetector(LEAST_LEAK);
  private final Histogram cpu = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
  private final Duration time;
  private final Arbiter arbiter;
  private long submitted;
  private long reported;
  private long ended;

  Soak(Duration time) {
    this.time = time;
    ArbiterBuilder builder =
        Arbiter.builder()
            .withoutConstitution()
            .executor(Runnable::run)
            .concurrency(AT_ONCE)
            .router(
                BanditRouter.builder()
                    .policy(BanditPolicy.ucb1())
                    .sources(Sources.system(SEED))
                    .build())
            .listener(event -> ended += event instanceof TaskEvent.Concluded ? 1 : 0);
    for (int i = 0; i < AGENTS; i++) {
      builder.asyncAgent(agent(i, CAPACITY), workshop);
    }
    this.arbiter = builder.build();
  }

  private static AgentProfile agent(int number, int capacity) {
    return AgentProfile.builder("agent-" + number).capability("java").capacity(capacity).build();
  }

  /** Submits for the whole time, waits for all ends, and closes the arbiter. */
  PromiseTable run() throws InterruptedException {
    long begin = System.nanoTime();
    long step = time.toNanos() / POINTS;
    fill();
    for (int point = 0; point < POINTS; point++) {
      while (System.nanoTime() - begin < (point + 1) * step) {
        turn();
      }
      measure(point);
    }
    while (ended < submitted) {
      workshop.next().report().complete(Workshop.REPORT);
    }
    PromiseTable promises = promises();
    arbiter.close();
    return promises;
  }

  /** One report, and one submission for the task that ended with it. */
  private void turn() throws InterruptedException {
    Workshop.Call call = workshop.next();
    long before = Jvm.threadCpu();
    if (++reported % SOMETIMES == 0) {
      call.report().completeExceptionally(new IllegalStateException("this agent fails sometimes"));
    } else {
      call.report().complete(Workshop.REPORT);
    }
    fill();
    cpu.recordValue(Jvm.threadCpu() - before);
    if (reported % SOMETIMES == 0) {
      int number = (int) (reported / SOMETIMES % CHANGING);
      arbiter.agents().update(agent(number, CAPACITY + (int) (reported % 3)));
    }
  }

  private void fill() {
    while (submitted - ended < AT_ONCE) {
      Task.Builder task = Task.builder("refactor").requires("java").deadline(Duration.ofMinutes(1));
      if (submitted % 10 == 0) {
        task.idempotencyKey("key-" + submitted);
      }
      TaskHandle handle = arbiter.submit(task.build());
      if (++submitted % SOMETIMES == 0) {
        boolean unused = handle.cancel("sometimes");
      }
    }
  }

  private void measure(int point) {
    long used = Jvm.heapUsed();
    if (point < WARM_UP) {
      cpu.reset();
    } else {
      heap.add(Instant.now(), used);
    }
  }

  private PromiseTable promises() {
    PromiseTable promises = new PromiseTable();
    LeakDetector.Diagnosis diagnosis = heap.diagnosis();
    ConfidenceInterval pace =
        diagnosis.match(
            leaking -> leaking.bytesPerHour(),
            flat -> flat.bytesPerHour(),
            few -> new ConfidenceInterval(Double.NaN, Double.NaN, Double.NaN));
    promises.add(
        "heap after collections does not grow",
        growsNot(),
        "%.0f KB an hour (99 %%: %.0f to %.0f) in %s, %.1f MB at the end",
        pace.value() / 1e3,
        pace.low() / 1e3,
        pace.high() / 1e3,
        time,
        Jvm.heapUsed() / 1e6);
    promises.add(
        "own overhead of a task: p99 under 1 ms CPU",
        cpu.getValueAtPercentile(99) < MOST_CPU,
        "p50 %.1f us, p99 %.1f us, most %.1f us, %,d tasks",
        cpu.getValueAtPercentile(50) / 1e3,
        cpu.getValueAtPercentile(99) / 1e3,
        cpu.getMaxValue() / 1e3,
        ended);
    promises.add(
        "each task ends, and gives back what it took",
        isAtRest(),
        "%,d submitted, %,d ended, %d in flight",
        submitted,
        ended,
        arbiter.stats().inFlight());
    return promises;
  }

  /** Whether the heap was measured often enough and did not grow. */
  boolean growsNot() {
    return heap.diagnosis() instanceof LeakDetector.Diagnosis.NotSeen;
  }

  /** Whether each task has ended, and given back what it took. */
  boolean isAtRest() {
    return ended == submitted
        && arbiter.stats().inFlight() == 0
        && arbiter.agents().all().stream().mapToInt(RegisteredAgent::active).sum() == 0;
  }
}
