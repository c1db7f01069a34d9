/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures a call through the breaker of a constitution or a listener beside a bare one, and what a
 * full queue costs those that it refuses. It is in the engine's package, because a breaker is no
 * public type.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GuardedCallBenchmark {
  private static final int QUEUE = 10_000;

  /** Breakers that are closed. */
  @State(Scope.Benchmark)
  public static class Breakers {
    final Fuse fuse = new Fuse("part", Breaker.standard(), System::nanoTime);
    final CircuitBreaker bare = CircuitBreaker.ofDefaults("part");
  }

  /** Promise: at most 1.3 times {@link #bare}. */
  @Benchmark
  public Object guarded(Breakers breakers) {
    return breakers.fuse.call(() -> "done");
  }

  /** Peer: a circuit breaker of Resilience4j. */
  @Benchmark
  public Object bare(Breakers breakers) {
    return breakers.bare.executeSupplier(() -> "done");
  }

  /** An arbiter whose queue is full. */
  @State(Scope.Benchmark)
  public static class Full {
    private final Task task = Task.builder("fix").build();

    @SuppressWarnings("NullAway.Init") // JMH calls fill() before anything else
    private Arbiter arbiter;

    /** Fills it. */
    @Setup
    public void fill() {
      arbiter =
          Arbiter.builder()
              .executor(Runnable::run)
              .withoutConstitution()
              .concurrency(1)
              .queueCapacity(QUEUE)
              .closeLimit(Duration.ZERO)
              .asyncAgent(AgentProfile.of("ada"), assignment -> new CompletableFuture<>())
              .build();
      for (int i = 0; i <= QUEUE; i++) {
        TaskHandle unused = arbiter.submit(task);
      }
    }

    /** Closes it. */
    @TearDown
    public void close() {
      arbiter.close();
    }
  }

  /** Promise: less than 50 microseconds. */
  @Benchmark
  public Object refused(Full full) {
    try {
      return full.arbiter.submit(full.task);
    } catch (ArbiterException refused) {
      return refused.retryAfter();
    }
  }
}
