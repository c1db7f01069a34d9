/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.Arbiter;
import dev.arbiter.Ejection;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures what it costs to guard an agent against calls that fail again and again. Arbiter has no
 * guarded call of its own: ejection is a part of a task's life, so its cost is that of a life with
 * ejection less that of a life without. The peers guard a call that does nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GuardBenchmark {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int AGENTS = 10;
  private static final int FAILURES = 5;

  /** An arbiter with ten agents. */
  @State(Scope.Benchmark)
  public static class Guarded {
    private final Task task = Task.builder("refactor").requires("java").build();

    /** Whether agents that fail in a row are ejected. */
    @Param({"on", "off"})
    public String ejection = "on";

    @SuppressWarnings("NullAway.Init") // JMH calls build() before anything else
    private Arbiter arbiter;

    /** Builds it. */
    @Setup
    public void build() {
      WorkReport report = BenchSpec.report();
      var builder =
          Arbiter.builder()
              .executor(Runnable::run)
              .withoutConstitution()
              .ejection(ejection.equals("on") ? Ejection.standard() : Ejection.none());
      for (int i = 0; i < AGENTS; i++) {
        builder.agent(AgentProfile.of("agent-" + i, "java"), assignment -> report);
      }
      arbiter = builder.build();
    }

    /** Closes it. */
    @TearDown
    public void close() {
      arbiter.close();
    }
  }

  /** Promise: with ejection at most 1.3 guarded calls of Resilience4j more than without. */
  @Benchmark
  public TaskResult task(Guarded guarded) throws Exception {
    return guarded.arbiter.submit(guarded.task).await(LONG);
  }

  /** Breakers that are closed. */
  @State(Scope.Benchmark)
  public static class Breakers {
    final CircuitBreaker resilience4j = CircuitBreaker.ofDefaults("agent");
    final FailsafeExecutor<Object> failsafe = Failsafe.with(breaker());
    final FailsafeExecutor<Object> retrying =
        Failsafe.with(RetryPolicy.builder().withMaxRetries(3).build(), breaker());

    private static dev.failsafe.CircuitBreaker<Object> breaker() {
      return dev.failsafe.CircuitBreaker.builder()
          .withFailureThreshold(FAILURES, 2 * FAILURES)
          .build();
    }
  }

  /** Peer: a circuit breaker of Resilience4j that counts calls. */
  @Benchmark
  public Object resilience4jCall(Breakers breakers) {
    return breakers.resilience4j.executeSupplier(() -> "done");
  }

  /** Peer: a circuit breaker of Failsafe. */
  @Benchmark
  public Object failsafeCall(Breakers breakers) {
    return breakers.failsafe.get(() -> "done");
  }

  /** Peer: the same inside a retry policy. */
  @Benchmark
  public Object failsafeCallWithRetry(Breakers breakers) {
    return breakers.retrying.get(() -> "done");
  }
}
