/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Evidence;
import dev.arbiter.task.FileChange;
import dev.arbiter.task.WorkReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Runs empty tasks through Arbiter before the real ones, so that what the ledger measures is
 * Arbiter, not the JVM's compiler.
 */
final class WarmUp implements TaskInterceptor {
  /** How many tasks; the report says so beside the times. */
  static final int TASKS = 20_000;

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int EVERY = 4;
  private static final int GIANT = 500;

  private WarmUp() {}

  /** Every way a task can end: approved, denied and tried again, denied for good, waived. */
  static void run(Engine.Settings settings, Executor threads, Path log)
      throws InterruptedException {
    Chore waived = chore(0);
    List<Worker> workers =
        List.of(
            new Worker("sound", assignment -> CompletableFuture.completedFuture(idle()), null),
            new Worker("broken", assignment -> CompletableFuture.completedFuture(idle()), null),
            new Worker(
                "giant", assignment -> CompletableFuture.supplyAsync(WarmUp::idle, threads), null));
    Optional<String> waiver = Optional.of(WorkingSpec.waiver(waived, GIANT));
    try (Engine engine = new Engine(settings, workers, new WarmUp(), new Ledger(), waiver, log)) {
      for (int i = 0; i < TASKS; i++) {
        Chore chore = i % EVERY == 0 ? waived : chore(i);
        engine.arbiter().submit(chore.task()).await(LONG);
      }
    }
  }

  @Override
  public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
      throws Exception {
    boolean sound = !assignment.agent().equals("broken");
    int lines = assignment.agent().equals("giant") ? GIANT : 1;
    return next.proceed(assignment).thenApply(report -> measured(report, sound, lines));
  }

  private static WorkReport idle() {
    return WorkReport.of("");
  }

  private static Chore chore(int number) {
    return new Chore("WARM-" + number, ChoreType.WHITESPACE, "A.java", "");
  }

  private static WorkReport measured(WorkReport report, boolean sound, int lines) {
    List<Evidence> evidence =
        List.of(
            Evidence.of("compiles", true, ""),
            Evidence.of("goal_met", sound, sound ? "" : "nothing was done"),
            Evidence.of("idempotent", sound, ""));
    return report
        .withChanges(List.of(new FileChange("A.java", lines, 0)))
        .withEvidence(evidence.toArray(Evidence[]::new));
  }
}
