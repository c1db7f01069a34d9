/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.eclipse.jgit.util.FileUtils;

/**
 * Runs empty tasks through Arbiter before the real ones, so that the measured times do not include
 * the JVM's compiler.
 *
 * <p>The compiler leaves out branches that it has not seen, and compiles anew when they run. So the
 * tasks are of all types, have paths like the real ones, end in every way, and start over a few
 * times.
 */
final class WarmUp implements TaskInterceptor {
  /** The number of tasks; the report names it beside the times. */
  static final int TASKS = 20_000;

  private static final int ROUNDS = 10;
  private static final int FILES = 100;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int GIANT = 5000;
  private static final String GIANTS_PATH = "org/example/warm/Giant.java";

  private WarmUp() {}

  /** Every way a task can end: approved, denied and tried again, denied for good, waived. */
  static void run(Engine.Settings settings, Executor threads)
      throws InterruptedException, IOException {
    Path log = Files.createTempDirectory("warm-up-");
    List<Worker> workers =
        List.of(
            worker("sound", CompletableFuture::completedFuture),
            worker("careless", CompletableFuture::completedFuture),
            worker("broken", CompletableFuture::completedFuture),
            worker("verbose", idle -> CompletableFuture.supplyAsync(() -> idle, threads)));
    Optional<String> waiver = Optional.of(WorkingSpec.waiver(chore(0), GIANT));
    try {
      for (int round = 0; round < ROUNDS; round++) {
        Path folder = log.resolve("round-" + round);
        try (Engine engine =
            new Engine(
                settings,
                workers,
                List.of(new WarmUp()),
                new RunLog(),
                waiver,
                folder,
                Store.memory())) {
          for (int i = 0; i < TASKS / ROUNDS; i++) {
            engine.arbiter().submit(chore(i).task()).await(LONG);
          }
        }
      }
    } finally {
      FileUtils.delete(log.toFile(), FileUtils.RECURSIVE);
    }
  }

  private static Worker worker(
      String name, Function<WorkReport, CompletionStage<WorkReport>> deliver) {
    return new Worker(
        name, assignment -> deliver.apply(WorkReport.of(name + " did nothing")), null);
  }

  /* The first chore has the waiver. */
  private static Chore chore(int number) {
    ChoreType[] types = ChoreType.values();
    String path = number == 0 ? GIANTS_PATH : "org/example/warm/Part_" + number % FILES + ".java";
    return new Chore("WARM-" + number, types[number % types.length], path, "");
  }

  @Override
  public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
      throws Exception {
    return next.proceed(assignment).thenApply(report -> measured(report, assignment));
  }

  private static WorkReport measured(WorkReport report, Assignment assignment) {
    Chore chore = chore(Integer.parseInt(assignment.task().id().substring("WARM-".length())));
    int lines =
        chore.path().equals(GIANTS_PATH) || assignment.agent().equals("verbose") ? GIANT : 1;
    return report
        .withChanges(List.of(new FileChange(chore.path(), lines, lines)))
        .withEvidence(evidence(assignment.agent()));
  }

  /* Like the real checks: a failure ends them. */
  private static Evidence[] evidence(String agent) {
    if (agent.equals("broken")) {
      return new Evidence[] {Evidence.of("compiles", false, "';' expected")};
    }
    Evidence compiles = Evidence.of("compiles", true, "");
    if (agent.equals("careless")) {
      return new Evidence[] {compiles, Evidence.of("goal_met", false, "nothing was done")};
    }
    return new Evidence[] {
      compiles, Evidence.of("goal_met", true, ""), Evidence.of("idempotent", true, "")
    };
  }
}
