/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.spi.Sources;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.Execution;
import dev.arbiter.tracker.PerformanceTracker;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Prints the heap that the tracker holds for 10,000 agents with 100 attempts each.
 *
 * <p>The attempts' times span five octaves. The attempts are spread over more and more time,
 * without and with differing quality, tokens and cost. Then it prints the heap that a million more
 * tasks add, and the heap of one Micrometer timer.
 */
public final class FootprintMain {
  private static final int ATTEMPTS = 100;
  private static final double SHORTEST_NANOS = 1e8;
  private static final int OCTAVES = 5;
  private static final int MILLION = 1_000_000;
  private static final int TIMERS = 1_000;
  private static final int AT_ONCE_MB = 12;
  private static final int SPREAD_MB = 25;
  private static final int MILLION_MB = 20;
  private static final double[] PERCENTILES = {0.5, 0.95, 0.99};

  private final AtomicLong wallMillis = new AtomicLong(1_767_225_600_000L);
  private final AtomicLong nanos = new AtomicLong();
  private final SplittableRandom random = new SplittableRandom(2);
  private final List<String> agents =
      IntStream.range(0, 10_000).mapToObj(i -> "agent-" + i).toList();

  private final boolean paid;

  private FootprintMain(boolean paid) {
    this.paid = paid;
  }

  /**
   * Prints a line for each spread.
   *
   * @param arguments none
   */
  public static void main(String[] arguments) {
    for (Duration spread :
        List.of(Duration.ZERO, Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(100))) {
      double free = new FootprintMain(false).measure(spread);
      double paid = new FootprintMain(true).measure(spread);
      System.out.printf("spread over %s: %.1f MB, with usage %.1f MB", spread, free, paid);
      System.out.println(promised(free, spread.isZero() ? AT_ONCE_MB : SPREAD_MB));
    }
    double million = new FootprintMain(false).millionTasks();
    System.out.printf("a million tasks more: %.1f MB", million);
    System.out.println(promised(million, MILLION_MB));
    System.out.printf("peer, a timer with percentiles: %.0f B each%n", timers(PERCENTILES));
    System.out.printf("peer, a timer without: %.0f B each%n", timers());
  }

  private static String promised(double megabytes, int most) {
    return "; " + (megabytes <= most ? "held" : "missed") + ": at most " + most + " MB";
  }

  /** A million tasks of 64 agents through the events of an engine, over an hour. */
  private double millionTasks() {
    long before = heapUsed();
    try (PerformanceTracker tracker = PerformanceTracker.builder().sources(sources()).build()) {
      for (int i = 0; i < MILLION; i++) {
        attempt(tracker, agents.get(i % 64));
        wallMillis.addAndGet(i % 18 == 0 ? 65 : 0);
      }
      tracker.flush();
      double grown = (heapUsed() - before) / 1e6;
      System.out.println(tracker.stats());
      return grown;
    }
  }

  /** Bytes of one Micrometer timer with 100 times over five octaves, among 1,000 of them. */
  private static double timers(double... percentiles) {
    SplittableRandom random = new SplittableRandom(4);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    long before = heapUsed();
    for (int i = 0; i < TIMERS; i++) {
      Timer.Builder builder = Timer.builder("task").tag("agent", "agent-" + i);
      if (percentiles.length > 0) {
        builder.publishPercentiles(percentiles);
      }
      Timer timer = builder.register(registry);
      for (int k = 0; k < ATTEMPTS; k++) {
        timer.record(overOctaves(random), TimeUnit.NANOSECONDS);
      }
    }
    double grown = heapUsed() - before;
    registry.close();
    return grown / TIMERS;
  }

  private double measure(Duration spread) {
    long before = heapUsed();
    try (PerformanceTracker tracker =
        PerformanceTracker.builder().capacity(agents.size()).sources(sources()).build()) {
      for (int i = 0; i < ATTEMPTS; i++) {
        agents.forEach(agent -> attempt(tracker, agent));
        wallMillis.addAndGet(spread.toMillis() / ATTEMPTS);
      }
      tracker.flush();
      return (heapUsed() - before) / 1e6;
    }
  }

  private void attempt(PerformanceTracker tracker, String agent) {
    Execution execution = tracker.start(agent, "refactor");
    nanos.addAndGet(overOctaves(random));
    if (paid) {
      Usage usage =
          new Usage(
              random.nextInt(5_000),
              random.nextInt(1_000),
              random.nextDouble() / 10,
              Duration.ZERO);
      execution.complete(random.nextDouble(), usage);
    } else {
      execution.complete();
    }
  }

  private Sources sources() {
    return new Sources(() -> Instant.ofEpochMilli(wallMillis.get()), nanos::get, random.split());
  }

  /** A time in nanoseconds, spread over five octaves from 0.1 s. */
  static long overOctaves(SplittableRandom random) {
    return (long) (SHORTEST_NANOS * Math.pow(2, OCTAVES * random.nextDouble()));
  }

  private static long heapUsed() {
    for (int i = 0; i < 4; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
