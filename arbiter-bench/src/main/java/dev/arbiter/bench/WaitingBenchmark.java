/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
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

/** Measures how the cost of a task grows with the number of tasks in the line before it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class WaitingBenchmark {
  private static final int PRIORITIES = 3;

  /** Number of tasks in the line. */
  @Param({"10", "100", "1000", "10000", "100000"})
  public int waiting;

  private final Queue<CompletableFuture<WorkReport>> working = new ArrayDeque<>();
  private final WorkReport report = BenchSpec.report();

  @SuppressWarnings("NullAway.Init") // JMH calls fill() before anything else
  private Arbiter arbiter;

  private int next;

  /** Fills the line. */
  @Setup
  public void fill() {
    arbiter =
        Arbiter.builder()
            .executor(Runnable::run)
            .withoutConstitution()
            .concurrency(1)
            .queueCapacity(waiting + 2)
            .closeLimit(Duration.ZERO)
            .asyncAgent(
                AgentProfile.of("ada"),
                assignment -> {
                  CompletableFuture<WorkReport> coming = new CompletableFuture<>();
                  working.add(coming);
                  return coming;
                })
            .build();
    for (int i = 0; i <= waiting; i++) {
      submit();
    }
  }

  private void submit() {
    next = next < PRIORITIES ? next + 1 : 1;
    var unused = arbiter.submit(Task.builder("refactor").priority(next).build());
  }

  /** Closes the arbiter. */
  @TearDown
  public void close() {
    arbiter.close();
  }

  /** One task ends, the next one in the line begins, and another one comes. */
  @Benchmark // promise: does not grow with the line
  public int endBeginAndSubmit() {
    working.remove().complete(report);
    submit();
    return working.size();
  }
}
