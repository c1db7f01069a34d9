/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.PerformanceTracker;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures the cost of capturing a task's begin and end. The tracker folds into four windows. The
 * peers are a span with as many attributes, a timer, and two reads of the clock.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CaptureBenchmark {
  private static final int AGENTS = 64;

  /** The tracker. At the end it prints how many events it lost. */
  @State(Scope.Benchmark)
  public static class Tracked {
    final PerformanceTracker tracker = PerformanceTracker.create();

    /** Closes the tracker and prints its figures. */
    @TearDown
    public void close() {
      tracker.close();
      System.out.printf("%n%s%n", tracker.stats());
    }
  }

  /** The events of one measuring thread. */
  @State(Scope.Thread)
  public static class Work {
    final Usage usage = new Usage(1_200, 400, 0.01, Duration.ZERO);
    final TaskEvents events = new TaskEvents(512);
    final TaskEvent event = new TaskEvents(1).next();
    final String[] agents = new String[AGENTS];
    int turn;

    /** Names the agents. */
    public Work() {
      for (int i = 0; i < AGENTS; i++) {
        agents[i] = "agent-" + i;
      }
    }

    String agent() {
      return agents[turn++ & (AGENTS - 1)];
    }
  }

  /** The same capture by OpenTelemetry. */
  @State(Scope.Benchmark)
  public static class Traced {
    final SpanPeer peer = new SpanPeer();

    /** Closes the peer and prints its figures. */
    @TearDown
    public void close() {
      System.out.printf("%n%s%n", peer.close());
    }
  }

  /** Micrometer: the same duration only. */
  @State(Scope.Benchmark)
  public static class Timed {
    final Timer timer =
        Timer.builder("task").tag("agent", "agent-1").register(new SimpleMeterRegistry());
    final Timer percentiles =
        Timer.builder("task.percentiles")
            .publishPercentiles(0.5, 0.95, 0.99)
            .register(new SimpleMeterRegistry());
  }

  /** The collector alone. */
  @State(Scope.Benchmark)
  public static class Handing {
    final CollectorProbe probe = new CollectorProbe();

    /** Closes the collector and prints its figures. */
    @TearDown
    public void close() {
      System.out.printf("%n%s%n", probe.close());
    }
  }

  /** Queues, each with a thread that takes events out. */
  @State(Scope.Benchmark)
  public static class Queued {
    final QueuePeers peers = new QueuePeers();

    /** Ends the threads. */
    @TearDown
    public void close() {
      peers.close();
    }
  }

  /** A tracker and a logger that are switched off. */
  @State(Scope.Benchmark)
  public static class Off {
    final PerformanceTracker tracker = PerformanceTracker.create();
    final Logger logger = new LoggerContext().getLogger("off");

    /** Switches both off. */
    public Off() {
      tracker.flags().tracking(false);
      logger.setLevel(Level.INFO);
    }
  }

  /** Promise: at most 1.5 times a Disruptor's publish; draining is included here only. */
  @Benchmark
  public void handOff(Handing handing, Work work) {
    handing.probe.handOff(work.turn++);
  }

  /** Peer: a Disruptor for many producers; another thread drains. */
  @Benchmark
  public void disruptorPublish(Queued queued, Work work) {
    queued.peers.publish(work.turn++);
  }

  /** Peer: JCTools' bounded queue with an object for each event; another thread drains. */
  @Benchmark
  public void mpscArrayQueueOffer(Queued queued, Work work) {
    queued.peers.offer(work.turn++);
  }

  /** Promise: at most 2 ns, and no more than a disabled log call. */
  @Benchmark
  public void switchedOffEvent(Off off, Work work) {
    off.tracker.on(work.event);
  }

  /** A switched-off tracker called by hand instead of by an event. */
  @Benchmark
  public boolean switchedOffExecution(Off off) {
    return off.tracker.start("ada", "refactor").complete();
  }

  /** Peer: a debug call of a logback logger at level info. */
  @Benchmark
  public void disabledLogCall(Off off, Work work) {
    off.logger.debug("task {}", work.event);
  }

  /** Promise: under 1 us CPU, nothing lost, 32 B/op, all of it for the handle. */
  @Benchmark
  public boolean execution(Tracked tracked, Work work) {
    return tracked.tracker.start(work.agent(), "refactor").complete(0.9, work.usage);
  }

  /** Promise: the three events that make an attempt cost under 1 us CPU, 0 B/op, nothing lost. */
  @Benchmark
  public void events(Tracked tracked, Work work) {
    tracked.tracker.on(work.events.next());
    tracked.tracker.on(work.events.next());
    tracked.tracker.on(work.events.next());
  }

  /** Peer: OpenTelemetry SDK, BatchSpanProcessor, an exporter that does nothing. */
  @Benchmark
  public void spanWith12Attributes(Traced traced, Work work) {
    traced.peer.startAndEnd(work.agent());
  }

  /** Peer: a Micrometer timer that is looked up once. */
  @Benchmark
  public void timer(Timed timed) {
    long start = System.nanoTime();
    timed.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
  }

  /** Peer: a Micrometer timer that computes p50, p95 and p99. */
  @Benchmark
  public void timerWithPercentiles(Timed timed) {
    long start = System.nanoTime();
    timed.percentiles.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
  }

  /** The floor of anything that measures a duration. */
  @Benchmark
  public long twoNanoTimes() {
    long start = System.nanoTime();
    return System.nanoTime() - start;
  }
}
