/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.Status;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.util.FileUtils;
import org.jspecify.annotations.Nullable;

/**
 * Gives every attempt a folder of its own. After the attempt it measures the changes in the folder,
 * because an agent's own report may be wrong.
 */
final class AttemptFolders implements TaskInterceptor {
  private final CodeBase base;
  private final WorkChecks checks;
  private final Path folder;
  private final Map<String, Chore> chores = new HashMap<>();
  private final Map<String, Worker> workers = new HashMap<>();
  private final Map<String, String> results = new ConcurrentHashMap<>();

  AttemptFolders(CodeBase base, WorkChecks checks, Path folder) {
    this.base = base;
    this.checks = checks;
    this.folder = folder;
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

  /** The folder of an attempt. */
  Path folder(Assignment assignment) {
    return folder(assignment.task().id(), assignment.attempt(), assignment.agent());
  }

  private Path folder(String task, int attempt, String agent) {
    return folder.resolve(task + "-" + attempt + "-" + agent);
  }

  /** The file that an attempt may change. */
  Path file(Assignment assignment) {
    return folder(assignment).resolve(chore(assignment).path());
  }

  /** The file of a chore after the attempt that was approved, in this process or one before. */
  String result(Chore chore, TaskResult.Completed done) throws IOException {
    String result = results.get(chore.id());
    return result != null
        ? result
        : read(folder(chore.id(), done.attempts(), done.agent()).resolve(chore.path()));
  }

  @Override
  public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
      throws Exception {
    Chore chore = chore(assignment);
    Worker worker = workers.get(assignment.agent());
    if (worker == null) {
      throw new IllegalStateException("no worker has the name " + assignment.agent());
    }
    // A process that was killed may have left the folder of the same attempt.
    FileUtils.delete(folder(assignment).toFile(), FileUtils.RECURSIVE | FileUtils.SKIP_MISSING);
    String before = base.text(chore.path());
    Git copy = worker.seesEverything() ? base.copyTo(folder(assignment)) : null;
    if (copy == null) {
      Files.createDirectories(file(assignment).getParent());
      Files.writeString(file(assignment), before);
    }
    return next.proceed(assignment)
        .thenApply(
            report -> {
              try {
                return measured(report, assignment, chore, worker, before, copy);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } catch (GitAPIException e) {
                throw new IllegalStateException(e);
              }
            });
  }

  private WorkReport measured(
      WorkReport report,
      Assignment assignment,
      Chore chore,
      Worker worker,
      String before,
      @Nullable Git copy)
      throws IOException, GitAPIException {
    String after = read(file(assignment));
    results.put(chore.id(), after);
    List<FileChange> changes = copy == null ? change(chore.path(), before, after) : changes(copy);
    List<Evidence> evidence =
        checks.check(chore.type(), chore.path(), before, after, worker.tool());
    return report.withChanges(changes).withEvidence(evidence.toArray(Evidence[]::new));
  }

  private static List<FileChange> change(String path, String before, String after) {
    return before.equals(after) ? List.of() : List.of(LineDiff.of(path, before, after));
  }

  /** A file of any encoding; what is no UTF-8 becomes a mark, which no check passes by chance. */
  private static String read(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        ? CodeBase.normal(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
        : "";
  }

  private List<FileChange> changes(Git copy) throws IOException, GitAPIException {
    Status status = copy.status().call();
    TreeSet<String> paths = new TreeSet<>(status.getUncommittedChanges());
    paths.addAll(status.getUntracked());
    List<FileChange> changes = new ArrayList<>();
    Path top = copy.getRepository().getWorkTree().toPath();
    for (String path : paths) {
      Path file = top.resolve(path);
      changes.add(LineDiff.of(path, read(base.folder().resolve(path)), read(file)));
    }
    copy.close();
    return changes;
  }
}
