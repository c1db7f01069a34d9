/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.maintenance.JavaFile.CompileError;
import dev.arbiter.task.WorkReport.Evidence;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks a changed file, and gives evidence for the quality gates. */
final class WorkChecks {
  private final Compiler compiler;

  WorkChecks(Compiler compiler) {
    this.compiler = compiler;
  }

  /**
   * Checks one file. The first failure ends the checks, so later ones give no evidence.
   *
   * @param again runs the same agent's tool a second time; null if that is not possible
   */
  List<Evidence> check(
      ChoreType type, String path, String before, String after, @Nullable Tool again) {
    return compiler.with(path, after, file -> check(file, type, before, again));
  }

  private List<Evidence> check(JavaFile file, ChoreType type, String before, @Nullable Tool again) {
    String broken = firstNewError(file, before);
    if (!broken.isEmpty()) {
      return List.of(Evidence.of("compiles", false, broken));
    }
    Evidence compiles = Evidence.of("compiles", true, "");
    List<String> misses = type.goal().misses(file);
    if (!misses.isEmpty()) {
      return List.of(compiles, Evidence.of("goal_met", false, misses.get(0)));
    }
    return List.of(
        compiles,
        Evidence.of("goal_met", true, ""),
        idempotent(type, file.path(), file.text(), again));
  }

  /* Errors the file had before do not count; empty if there is no other. */
  private String firstNewError(JavaFile file, String before) {
    if (file.text().equals(before) || file.errors().isEmpty()) {
      return "";
    }
    Set<String> known = new HashSet<>();
    compiler.errors(file.path(), before).forEach(error -> known.add(error.what()));
    return file.errors().stream()
        .map(CompileError::what)
        .filter(error -> !known.contains(error))
        .findFirst()
        .orElse("");
  }

  private static Evidence idempotent(
      ChoreType type, String path, String after, @Nullable Tool again) {
    if (again == null) {
      return Evidence.of("idempotent", true, "not run again: the agent is a command of yours");
    }
    try {
      boolean same = again.apply(type, path, after).equals(after);
      return Evidence.of("idempotent", same, same ? "" : "a second run changes the file again");
    } catch (Exception e) {
      return Evidence.of("idempotent", false, "a second run failed: " + e.getMessage());
    }
  }
}
