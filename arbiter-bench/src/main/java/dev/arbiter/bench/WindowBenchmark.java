/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.FinishedAttempt;
import dev.arbiter.tracker.PerformanceTracker;
import dev.arbiter.tracker.summary.WindowSummary;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Recorder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Measures the cost of keeping percentiles of a time that was measured elsewhere, and of reading
 * them. The tracker keeps four windows of all figures of an attempt. The timer keeps its time only.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
public class WindowBenchmark {
  private static final int MASK = 1023;

  private final PerformanceTracker tracker = PerformanceTracker.create();
  private final FinishedAttempt[] attempts = new FinishedAttempt[MASK + 1];
  private final long[] nanos = new long[MASK + 1];
  private final Timer timer =
      Timer.builder("task").tag("agent", "ada").register(new SimpleMeterRegistry());
  private final Timer percentiles =
      Timer.builder("task.percentiles")
          .tag("agent", "ada")
          .publishPercentiles(0.5, 0.95, 0.99)
          .register(new SimpleMeterRegistry());
  private final Recorder recorder = new Recorder(TimeUnit.HOURS.toNanos(1), 2);
  private int next;

  /** Makes attempts whose times span five octaves. */
  public WindowBenchmark() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i <= MASK; i++) {
      nanos[i] = Memory.overOctaves(random);
      attempts[i] =
          new FinishedAttempt(
              "ada",
              "format",
              Task.DEFAULT_TENANT,
              Instant.now().plus(Duration.ofDays(1)),
              Duration.ofNanos(nanos[i]),
              true,
              1,
              Usage.none());
    }
  }

  /** Promise: at most a quarter of a timer with percentiles, or as near as possible. */
  @Benchmark
  public void record() {
    tracker.record("", attempts[next++ & MASK]);
  }

  /** Records and asks for the percentiles of the last five minutes. */
  @Benchmark
  public WindowSummary recordAndAsk() {
    tracker.record("", attempts[next++ & MASK]);
    return tracker.summary("ada", "format", Window.REALTIME);
  }

  /** Asks for percentiles that have not changed since the last call. */
  @Benchmark
  public WindowSummary askAgain() {
    return tracker.summary("ada", "format", Window.REALTIME);
  }

  /** Peer: a Micrometer timer that keeps count, sum and maximum. */
  @Benchmark
  public void timer() {
    timer.record(nanos[next++ & MASK], TimeUnit.NANOSECONDS);
  }

  /** Peer: a Micrometer timer that keeps p50, p95 and p99. */
  @Benchmark
  public void timerWithPercentiles() {
    percentiles.record(nanos[next++ & MASK], TimeUnit.NANOSECONDS);
  }

  /** Peer: records and asks a Micrometer timer for its percentiles. */
  @Benchmark
  public HistogramSnapshot timerRecordAndAsk() {
    percentiles.record(nanos[next++ & MASK], TimeUnit.NANOSECONDS);
    return percentiles.takeSnapshot();
  }

  /** Peer: a Recorder of HdrHistogram with two digits; it keeps all times since it was asked. */
  @Benchmark
  public void hdrRecorder() {
    recorder.recordValue(nanos[next++ & MASK]);
  }
}
