/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.ProcessAgent;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.change.WorkTrees;
import dev.arbiter.example.maintenance.JavaFile.CompileError;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Finding;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.eclipse.jgit.api.errors.GitAPIException;

/**
 * Tasks in the user's own words, for the user's own agents. Each attempt has a work tree of its
 * own, in which its changes are counted, and every changed Java file is compiled.
 */
final class OwnTasks implements TaskInterceptor {
  private static final Duration LONG = Duration.ofMinutes(30);
  private static final int MOST_FILES = 20;
  private static final int MOST_LINES = 1_000;
  private static final String TYPE = "own-task";

  private final CodeBase base;
  private final Compiler compiler;
  private final Map<String, String> commands;
  private final Path results;
  private final PrintStream print;
  private final WorkTrees trees;

  OwnTasks(
      CodeBase base,
      Compiler compiler,
      Map<String, String> commands,
      Path results,
      PrintStream print) {
    this.base = base;
    this.compiler = compiler;
    this.commands = commands;
    this.results = results;
    this.trees =
        base.trees(
            results.resolve("work"),
            Sources.system(),
            done -> done.task().payload() + "\n\nDone by " + done.agent());
    this.print = print;
  }

  /** Runs the tasks one after the other; each begins with what was approved before. */
  void run(List<String> words, List<String> scope, BanditPolicy policy, long seed, int fallbacks)
      throws IOException, GitAPIException, InterruptedException {
    Sources sources = Sources.system(seed);
    say(
        "%d task(s) of your own; agents: %s; at most %d files and %d lines each",
        words.size(), String.join(", ", commands.keySet()), MOST_FILES, MOST_LINES);
    try (Caws caws = Caws.builder().policy(policy()).logTo(results.resolve("verdicts")).build();
        Arbiter arbiter = arbiter(caws, policy, sources, fallbacks)) {
      for (int i = 0; i < words.size(); i++) {
        Task task =
            Task.builder(TYPE)
                .id("OWN-" + (i + 1))
                .requires("java")
                .payload(words.get(i))
                .spec(SpecRef.text(spec("OWN-" + (i + 1), scope)))
                .build();
        say("%s: %s", task.id(), words.get(i));
        conclude(arbiter.submit(task).await(LONG));
      }
    }
    say("Repository with the approved changes as commits: %s", base.folder());
    say("Verdicts, checkpoint, public key: %s", results.resolve("verdicts"));
    say("Denied and failed attempts, a folder each: %s", results.resolve("work").resolve("kept"));
  }

  private Arbiter arbiter(Caws caws, BanditPolicy policy, Sources sources, int fallbacks) {
    ArbiterBuilder builder =
        Arbiter.builder()
            .router(BanditRouter.builder().policy(policy).sources(sources).build())
            .constitution(caws)
            .interceptor(this)
            .interceptor(trees)
            .fallbacks(fallbacks);
    commands.forEach(
        (name, command) ->
            builder.agent(
                AgentProfile.of(name, "java"),
                ProcessAgent.builder(List.of(command.strip().split("\\s+"))).build()));
    return builder.build();
  }

  private static String policy() {
    return """
        version: 1
        risk_tiers:
          "1": {max_files: 1, max_loc: 60}
          "2": {max_files: 10, max_loc: 400}
          "3": {max_files: %d, max_loc: %d}
        gates:
          budget_limit: {enabled: true, mode: block}
          scope_boundary: {enabled: true, mode: block}
          spec_completeness: {enabled: true, mode: block}
          compiles: {enabled: true, mode: block}
          something_changed: {enabled: true, mode: block}
        """
        .formatted(MOST_FILES, MOST_LINES);
  }

  private static String spec(String id, List<String> scope) {
    String in =
        (scope.isEmpty() ? List.of("**") : scope)
            .stream()
                .map(path -> "\"" + path.replace("\\", "/").replace("\"", "\\\"") + "\"")
                .collect(Collectors.joining(", "));
    return """
        {"id": "%s", "title": "A task of one's own", "risk_tier": 3, "mode": "feature",
         "lifecycle_state": "active", "blast_radius": {"modules": ["all"]},
         "scope": {"in": [%s]}, "invariants": ["what compiled still compiles"],
         "acceptance": [{"id": "A1", "given": "the repository", "when": "the task is done",
           "then": "its words are true"}],
         "non_functional": {}, "contracts": []}
        """
        .formatted(id, in);
  }

  @Override
  public CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next)
      throws Exception {
    return next.proceed(assignment).thenApply(report -> checked(report, assignment));
  }

  private WorkReport checked(WorkReport report, Assignment assignment) {
    String broken = "";
    for (FileChange change : report.changes()) {
      String text =
          broken.isEmpty() && change.path().endsWith(".java")
              ? AttemptChecks.text(trees, assignment, change.path())
              : "";
      broken = text.isEmpty() ? broken : firstNewError(change.path(), text);
    }
    int files = ChangeSet.of(report).files();
    return report.withEvidence(
        Evidence.of("compiles", broken.isEmpty(), broken),
        Evidence.of("something_changed", files > 0, files + " files"));
  }

  /** An error that the file did not have before; it may need libraries that are not here. */
  private String firstNewError(String path, String text) {
    Set<String> known = new HashSet<>();
    compiler.errors(path, base.text(path)).forEach(error -> known.add(error.what()));
    boolean fresh = base.text(path).isEmpty();
    return compiler.with(
        path,
        text,
        java ->
            fresh && java.parses()
                ? ""
                : java.errors().stream()
                    .map(CompileError::what)
                    .filter(error -> !known.contains(error))
                    .map(error -> path + ": " + error)
                    .findFirst()
                    .orElse(""));
  }

  private void conclude(TaskResult result) throws IOException, GitAPIException {
    if (result instanceof TaskResult.Completed done) {
      base.follow();
      ChangeSet changes = ChangeSet.of(done.report());
      say(
          "  approved: %s changed %d file(s), %d line(s), in attempt %d",
          done.agent(), changes.files(), changes.lines(), done.attempts());
    } else if (result instanceof TaskResult.Failed failed) {
      say("  failed: %s", failed.message());
      failed
          .verdict()
          .ifPresent(
              verdict ->
                  verdict.findings().stream()
                      .filter(finding -> finding.severity() == Finding.Severity.ERROR)
                      .forEach(finding -> say("    %s", finding.message())));
    } else if (result instanceof TaskResult.Rejected rejected) {
      rejected.findings().forEach(finding -> say("  rejected: %s", finding.message()));
    } else {
      say("  %s", result.summary());
    }
  }

  private void say(String format, Object... values) {
    print.printf(Locale.ROOT, format + "%n", values);
  }
}
