/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.quickstart;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.caws.Caws;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.PerformanceTracker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** One task, two agents, one working spec. */
public final class Quickstart {
  private Quickstart() {}

  /**
   * Runs the task and prints how it ended.
   *
   * @param args the project folder, default {@code examples/quickstart/project}
   * @throws InterruptedException if the waiting is interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    Path project = Path.of(args.length > 0 ? args[0] : "examples/quickstart/project");
    String end =
        run(project)
            .match(
                done -> done.agent() + " did it in attempt " + done.attempts(),
                rejected -> "rejected: " + rejected.findings(),
                failed -> "failed: " + failed.message(),
                cancelled -> "cancelled: " + cancelled.reason());
    System.out.println(end);
  }

  static TaskResult run(Path project) throws InterruptedException {
    Agent ada = assignment -> changed("src/Parser.java", 12, 3);
    Agent bob = assignment -> changed("docs/README.md", 900, 0);
    PerformanceTracker tracker = PerformanceTracker.create();
    // To keep tasks over a crash: .store(SqliteStore.at(Path.of("tasks.db"))), of arbiter-sqlite.
    // README: begin
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("ada", "java"), ada)
            .agent(AgentProfile.of("bob", "java"), bob)
            .router(BanditRouter.create())
            .constitution(Caws.load(project))
            .listener(tracker)
            .build()) {
      TaskHandle handle = arbiter.submit(Task.of("refactor", "FEAT-1"));
      TaskResult result = handle.await(Duration.ofMinutes(2));
      return result;
    }
    // README: end
  }

  private static WorkReport changed(String file, int added, int removed) {
    return new WorkReport(
        "done",
        List.of(new FileChange(file, added, removed)),
        List.of(Evidence.of("tests_pass", true, "42 of 42")),
        Usage.none());
  }
}
