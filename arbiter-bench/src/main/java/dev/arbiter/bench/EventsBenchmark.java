/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.FinishedAttempt;
import dev.arbiter.tracker.PerformanceTracker;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures how the cost of a window grows with its events, of 100 agents by turns. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@State(Scope.Thread)
public class EventsBenchmark {
  private static final int AGENTS = 100;
  private static final int ATTEMPTS = 1 << 14;

  /** Number of events. */
  @Param({"1000", "10000", "100000", "1000000", "10000000"})
  public int events;

  private final FinishedAttempt[] attempts = new FinishedAttempt[ATTEMPTS];

  /** Makes attempts that are recorded again and again. */
  public EventsBenchmark() {
    SplittableRandom random = new SplittableRandom(1);
    Instant at = Instant.now().plus(Duration.ofDays(1));
    for (int i = 0; i < ATTEMPTS; i++) {
      attempts[i] =
          new FinishedAttempt(
              "agent-" + i % AGENTS,
              "format",
              Task.DEFAULT_TENANT,
              at,
              Duration.ofNanos(Memory.overOctaves(random)),
              true,
              1,
              Usage.none());
    }
  }

  /** Records all events in a new tracker, and asks for the percentiles of each agent. */
  @Benchmark // promise: grows with the number of events, not faster
  public long recordAllAndAsk() {
    long sum = 0;
    try (PerformanceTracker tracker = PerformanceTracker.create()) {
      for (int i = 0; i < events; i++) {
        tracker.record("", attempts[i & (ATTEMPTS - 1)]);
      }
      for (int i = 0; i < AGENTS; i++) {
        sum +=
            tracker.summary("agent-" + i, "format", Window.REALTIME).performance().p99().toNanos();
      }
    }
    return sum;
  }
}
