/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.change.WorkTrees;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Checks the file of a chore as it was counted, because an agent's own report may be wrong. */
final class AttemptChecks implements TaskInterceptor {
  private final CodeBase base;
  private final WorkTrees trees;
  private final WorkChecks checks;
  private final Map<String, Chore> chores = new HashMap<>();
  private final Map<String, Worker> workers = new HashMap<>();

  AttemptChecks(CodeBase base, WorkTrees trees, WorkChecks checks) {
    this.base = base;
    this.trees = trees;
    this.checks = checks;
  }

  void open(List<Chore> toDo, List<Worker> staff) {
    toDo.forEach(chore -> chores.put(chore.id(), chore));
    staff.forEach(worker -> workers.put(worker.name(), worker));
  }

  Chore chore(Assignment assignment) {
    Chore chore = chores.get(assignment.task().id());
    if (chore == null) {
      throw new IllegalStateException("no chore has the id " + assignment.task().id());
    }
    return chore;
  }

  /** The file that an attempt may change, in its work tree. */
  Path file(Assignment assignment) {
    return assignment.directory().orElseThrow().resolve(chore(assignment).path());
  }

  @Override
  public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
      throws Exception {
    Chore chore = chore(assignment);
    Worker worker = workers.get(assignment.agent());
    if (worker == null) {
      throw new IllegalStateException("no worker has the name " + assignment.agent());
    }
    String before = base.text(chore.path());
    return next.proceed(assignment)
        .thenApply(
            report -> {
              String after = text(trees, assignment, chore.path());
              List<Evidence> evidence =
                  checks.check(chore.type(), chore.path(), before, after, worker.tool());
              return report.withEvidence(evidence.toArray(Evidence[]::new));
            });
  }

  /**
   * A file as it was counted, empty if it is none. What is no UTF-8 becomes a mark, which no check
   * passes by chance.
   */
  static String text(WorkTrees trees, Assignment assignment, String path) {
    try {
      byte[] bytes = trees.text(assignment, path).orElse("").getBytes(StandardCharsets.ISO_8859_1);
      return CodeBase.normal(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
