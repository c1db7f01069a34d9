/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.caws.Caws;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Evidence;
import dev.arbiter.task.FileChange;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.tracker.PerformanceTracker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Runs empty tasks through Arbiter before the real ones, so that what the ledger measures is
 * Arbiter, not the JVM's compiler.
 */
final class WarmUp {
  /** How many tasks; the report says so beside the times. */
  static final int TASKS = 12_000;

  private static final Duration LONG = Duration.ofMinutes(1);
  private static final int BATCH = 256;
  private static final int EVERY = 4;
  private static final int GIANT = 500;

  private WarmUp() {}

  /** Every way a task can end: approved, denied and tried again, denied for good, waived. */
  static void run(Sources sources, Path log) throws InterruptedException, IOException {
    Chore waived = chore(0);
    try (Caws caws =
            Caws.builder()
                .policy(WorkingSpec.POLICY)
                .waiver(WorkingSpec.waiver(waived, GIANT))
                .sources(sources)
                .sealInBatches(BATCH)
                .logTo(log)
                .build();
        PerformanceTracker tracker = PerformanceTracker.create();
        Arbiter arbiter =
            Arbiter.builder()
                .router(BanditRouter.create(sources))
                .constitution(caws)
                .sources(sources)
                .listener(tracker)
                .listener(new Ledger())
                .fallbacks(1)
                .executor(Runnable::run)
                .agent(AgentProfile.of("sound", "java"), assignment -> report(true, 1))
                .agent(AgentProfile.of("broken", "java"), assignment -> report(false, 1))
                .agent(AgentProfile.of("giant", "java"), assignment -> report(true, GIANT))
                .build()) {
      for (int i = 0; i < TASKS; i++) {
        Chore chore = i % EVERY == 0 ? waived : chore(i);
        TaskResult unused = arbiter.submit(chore.task()).await(LONG);
      }
    }
  }

  private static Chore chore(int number) {
    return new Chore("WARM-" + number, ChoreType.WHITESPACE, "A.java", "");
  }

  private static WorkReport report(boolean sound, int lines) {
    List<Evidence> evidence =
        List.of(
            Evidence.of("compiles", true, ""),
            Evidence.of("goal_met", sound, sound ? "" : "nothing was done"),
            Evidence.of("idempotent", sound, ""));
    return WorkReport.of("")
        .withChanges(List.of(new FileChange("A.java", lines, 0)))
        .withEvidence(evidence.toArray(Evidence[]::new));
  }
}
