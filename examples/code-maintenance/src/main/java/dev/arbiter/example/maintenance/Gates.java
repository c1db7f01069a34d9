/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.task.Evidence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at what an agent left behind, and gives evidence for the quality gates. */
final class Gates {
  private final Compiler compiler;

  Gates(Compiler compiler) {
    this.compiler = compiler;
  }

  /**
   * Checks one file.
   *
   * @param again runs the same agent's tool once more; null where that cannot be had
   */
  List<Evidence> check(
      ChoreType type, String path, String before, String after, @Nullable Tool again) {
    Evidence compiles = compiles(path, before, after);
    List<Evidence> found = new ArrayList<>(List.of(compiles));
    if (!compiles.passed()) {
      found.add(Evidence.of("goal_met", false, "not looked at, the file does not compile"));
      found.add(Evidence.of("idempotent", false, "not looked at, the file does not compile"));
      return found;
    }
    List<String> misses = compiler.with(path, after, type.goal()::misses);
    found.add(Evidence.of("goal_met", misses.isEmpty(), misses.isEmpty() ? "" : misses.get(0)));
    found.add(
        misses.isEmpty()
            ? idempotent(type, path, after, again)
            : Evidence.of("idempotent", false, "not looked at, the goal is not met"));
    return found;
  }

  private Evidence compiles(String path, String before, String after) {
    if (after.equals(before)) {
      return Evidence.of("compiles", true, "unchanged");
    }
    Set<String> known = new HashSet<>();
    List<CompileError> errors = compiler.errors(path, after);
    if (!errors.isEmpty()) {
      compiler.errors(path, before).forEach(error -> known.add(error.what()));
    }
    for (CompileError error : errors) {
      if (!known.contains(error.what())) {
        return Evidence.of("compiles", false, error.what());
      }
    }
    return Evidence.of("compiles", true, "");
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
