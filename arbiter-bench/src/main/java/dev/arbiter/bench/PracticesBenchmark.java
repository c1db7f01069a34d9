/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.learning.FailureModes;
import dev.arbiter.learning.Practices;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Measures what learning costs an attempt: six practices handed out, its end counted. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PracticesBenchmark {

  private static final int TASKS = 1_024;
  private static final int MOST = 6;

  /** Practices of one type that all help, and tasks. */
  @State(Scope.Thread)
  public static class Shelf {
    private final WorkReport report = WorkReport.of("done");
    private final CompletionStage<WorkReport> done = CompletableFuture.completedFuture(report);
    private final Assignment[] assignments = new Assignment[TASKS];
    private final TaskEvent[] executed = new TaskEvent[TASKS];
    private final TaskEvent[][] concluded = new TaskEvent[TASKS][MOST + 1];
    private final FailureModes modes = FailureModes.create();
    private final Practices practices = Practices.builder().most(MOST).build();
    private int next;
    private int given;

    /** How many practices there are for the type. */
    @Param({"6", "64"})
    public int count;

    /** Makes tasks, and practices that are all kept or on their way. */
    @Setup
    public void fill() throws Exception {
      for (int i = 0; i < TASKS; i++) {
        Task task = Task.builder("fix").id("T-" + i).build();
        assignments[i] = new Assignment(task, "ada", 1, "", Duration.ofMinutes(1));
        TaskEvent.Step step = new TaskEvent.Step(task, 1, "ada", Instant.EPOCH, 0);
        executed[i] = new TaskEvent.Executed(step, report, 1);
        for (int had = 0; had <= MOST; had++) {
          Verdict verdict = new Verdict.Approved(List.of(), had / (double) MOST, Seal.none());
          TaskResult result = new TaskResult.Completed(task, "ada", 1, report, verdict);
          concluded[i][had] = new TaskEvent.Concluded(step, result, 1);
        }
      }
      for (int i = 0; i < count; i++) {
        practices.add("fix", "practice " + Integer.toString(i, 2) + " of the list");
      }
      for (int i = 0; i < 20 * TASKS; i++) {
        CompletionStage<WorkReport> unused = attempt();
      }
    }

    CompletionStage<WorkReport> attempt() throws Exception {
      next = (next + 1) & (TASKS - 1);
      CompletionStage<WorkReport> stage =
          practices.intercept(
              assignments[next],
              assignment -> {
                given = assignment.insights().size();
                return done;
              });
      practices.on(concluded[next][given]);
      return stage;
    }
  }

  /** One attempt that gets practices and ends. */
  @Benchmark
  public CompletionStage<WorkReport> attempt(Shelf shelf) throws Exception {
    return shelf.attempt();
  }

  /** The events of one attempt that was accepted, as failure modes hear them. */
  @Benchmark
  public FailureModes events(Shelf shelf) {
    shelf.next = (shelf.next + 1) & (TASKS - 1);
    shelf.modes.on(shelf.executed[shelf.next]);
    shelf.modes.on(shelf.concluded[shelf.next][MOST]);
    return shelf.modes;
  }
}
