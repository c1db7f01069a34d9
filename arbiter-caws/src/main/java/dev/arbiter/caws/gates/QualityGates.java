/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import dev.arbiter.caws.QualityGate;
import dev.arbiter.caws.spec.SpecOutline;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * The built-in gates. A host registers them under a policy's gate name: {@code
 * Caws.builder().gate("coverage_threshold", QualityGates.coverage(80))}.
 *
 * <p>A gate on a figure needs a piece of evidence that passed and whose value is within the limit.
 * Missing evidence, or a value that is no number, fails. Several pieces of one name must all pass.
 * The policy decides whether a failed gate blocks, warns or is skipped.
 */
public final class QualityGates {
  private static final int MOST_NAMED = 5;

  private QualityGates() {}

  /**
   * Tests ran and none failed.
   *
   * @return needs evidence {@code tests_pass} that passed; its value, if any, is the number of
   *     failed tests
   */
  public static QualityGate testsPass() {
    return (assignment, report) -> {
      List<Evidence> found = named(report, "tests_pass");
      boolean passed =
          !found.isEmpty()
              && found.stream()
                  .allMatch(e -> e.passed() && (Double.isNaN(e.value()) || e.value() == 0));
      return passed
          ? QualityGate.Result.pass(found.get(0).detail())
          : QualityGate.Result.fail(
              found.isEmpty() ? "no evidence 'tests_pass'; run the tests" : "tests fail");
    };
  }

  /**
   * Test coverage is high enough.
   *
   * @param percent the least that passes, 0 to 100
   * @return needs evidence {@code coverage} with the percentage as its value
   */
  public static QualityGate coverage(double percent) {
    return atLeast("coverage", percent);
  }

  /**
   * The mutation score is high enough.
   *
   * @param percent the least that passes, 0 to 100
   * @return needs evidence {@code mutation_score} with the percentage as its value
   */
  public static QualityGate mutationScore(double percent) {
    return atLeast("mutation_score", percent);
  }

  /**
   * The linter finds few problems.
   *
   * @param most the most problems that pass
   * @return needs evidence {@code lint} with the number of problems as its value
   */
  public static QualityGate lint(int most) {
    return atMost("lint", most);
  }

  /**
   * The security scan finds few problems.
   *
   * @param most the most findings that pass
   * @return needs evidence {@code security_scan} with the number of findings as its value
   */
  public static QualityGate securityScan(int most) {
    return atMost("security_scan", most);
  }

  /**
   * A measured time is short enough.
   *
   * @param evidence the figure's name, such as {@code api_p95_ms}
   * @param most the budget, in the figure's unit
   * @return needs evidence of that name with the measured value
   */
  public static QualityGate performanceBudget(String evidence, double most) {
    return atMost(evidence, most);
  }

  /**
   * A figure is large enough.
   *
   * @param evidence the figure's name
   * @param least the smallest that passes
   * @return the gate
   */
  public static QualityGate atLeast(String evidence, double least) {
    return figure(evidence, least, true);
  }

  /**
   * A figure is small enough.
   *
   * @param evidence the figure's name
   * @param most the largest that passes
   * @return the gate
   */
  public static QualityGate atMost(String evidence, double most) {
    return figure(evidence, most, false);
  }

  private static QualityGate figure(String name, double limit, boolean least) {
    if (Double.isNaN(limit)) {
      throw new IllegalArgumentException("the limit for '" + name + "' must be a number");
    }
    String wanted = (least ? "at least " : "at most ") + limit;
    return (assignment, report) -> {
      List<Evidence> found = named(report, name);
      if (found.isEmpty()) {
        return QualityGate.Result.fail("no evidence '" + name + "'; wanted " + wanted);
      }
      for (Evidence piece : found) {
        double value = piece.value();
        boolean measured = value >= 0 && value < Double.POSITIVE_INFINITY; // false for NaN
        boolean kept = measured && (least ? value >= limit : value <= limit);
        if (!kept || !piece.passed()) {
          return QualityGate.Result.fail(name + " is " + value + ", wanted " + wanted);
        }
      }
      return QualityGate.Result.pass(name + " is " + found.get(0).value() + ", wanted " + wanted);
    };
  }

  /**
   * No changed file contains a key, a token or a password.
   *
   * @param tree reads the files
   * @return its detail names file, line and kind, never the secret
   */
  public static QualityGate noSecrets(WorkTree tree) {
    return new FileGate(tree, 0, FileGate.Finder.ofLines(Secrets::kind));
  }

  /**
   * Requires that no changed file holds a secret, by the built-in forms and by rules of your own.
   *
   * @param tree reads the files
   * @param rules a TOML file in the form of gitleaks 8; it is read once, now
   * @return names file, line and kind, never the secret
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it holds no rules, or a pattern that is not of RE2
   */
  public static QualityGate noSecrets(WorkTree tree, Path rules) throws IOException {
    FileGate.Finder own = SecretRules.read(rules);
    return new FileGate(tree, 0, FileGate.Finder.ofLines(Secrets::kind).and(own));
  }

  /**
   * Changed files have few to-do marks: TODO, FIXME, XXX, HACK as whole words in capitals.
   *
   * @param tree reads the files
   * @param most the most marks that pass
   * @return its detail names files and lines
   */
  public static QualityGate noTodos(WorkTree tree, int most) {
    return new FileGate(tree, most, FileGate.Finder.ofLines((path, line) -> Todos.mark(line)));
  }

  /**
   * No changed file is too long.
   *
   * @param tree reads the files
   * @param most the most lines a file may have; CAWS projects use 2,000
   * @return its detail names the files
   */
  public static QualityGate noGodObject(WorkTree tree, int most) {
    return (assignment, report) -> {
      List<String> tooLong = new ArrayList<>();
      for (var change : report.changes()) {
        long lines = tree.text(assignment, change.path()).map(t -> t.lines().count()).orElse(0L);
        if (lines > most) {
          tooLong.add(change.path() + " has " + lines + " lines");
        }
      }
      return tooLong.isEmpty()
          ? QualityGate.Result.pass("no file has more than " + most + " lines")
          : QualityGate.Result.fail(first(tooLong) + "; at most " + most + ", split it");
    };
  }

  /**
   * Every contract that the spec names exists.
   *
   * @param tree reads the files
   * @param outline reads a task's spec, such as {@link #specOf}
   * @return its detail names the missing files; a spec that cannot be read fails
   */
  public static QualityGate contractsPresent(
      WorkTree tree, Function<Task, Optional<SpecOutline>> outline) {
    return (assignment, report) -> {
      SpecOutline spec = outline.apply(assignment.task()).orElse(null);
      if (spec == null) {
        return QualityGate.Result.fail("the spec cannot be read here; give its text");
      }
      List<String> missing = new ArrayList<>();
      for (String path : spec.contracts()) {
        if (tree.text(assignment, path).isEmpty()) {
          missing.add(path);
        }
      }
      return missing.isEmpty()
          ? QualityGate.Result.pass(spec.contracts().size() + " contracts are there")
          : QualityGate.Result.fail("contracts are missing: " + first(missing));
    };
  }

  /**
   * Every acceptance criterion of the spec has evidence that passed.
   *
   * @param outline reads a task's spec, such as {@link #specOf}
   * @return needs evidence {@code acceptance/A1} for criterion A1; a spec without criteria fails,
   *     and so does one with a criterion that has no id
   */
  public static QualityGate acceptanceCovered(Function<Task, Optional<SpecOutline>> outline) {
    return (assignment, report) -> {
      SpecOutline spec = outline.apply(assignment.task()).orElse(null);
      if (spec == null || spec.acceptance().isEmpty()) {
        return QualityGate.Result.fail(
            "the spec cannot be read here, or has no acceptance criteria");
      }
      List<String> open = new ArrayList<>();
      for (String id : spec.acceptance()) {
        if (id.isBlank()) {
          return QualityGate.Result.fail(
              "a criterion of the spec has no id, so no evidence can cover it; give each an id");
        }
        List<Evidence> found = named(report, "acceptance/" + id);
        if (found.isEmpty() || !found.stream().allMatch(Evidence::passed)) {
          open.add(id);
        }
      }
      return open.isEmpty()
          ? QualityGate.Result.pass(spec.acceptance().size() + " criteria are covered")
          : QualityGate.Result.fail("without passing evidence: " + first(open));
    };
  }

  /**
   * Runs a program; exit code 0 passes. See {@link #command(List, Path, Duration, long, Sources)}.
   *
   * @param folder where it runs
   * @param limit how long it may take, positive
   * @param command program and arguments, not empty
   * @return the gate; it lets the program write a megabyte
   * @throws IllegalArgumentException if the limit is not positive or there is no command
   */
  public static QualityGate command(Path folder, Duration limit, String... command) {
    return command(List.of(command), folder, limit, 1 << 20, Sources.system());
  }

  /**
   * Runs a program; exit code 0 passes. A program that takes too long or writes too much is ended
   * with its children, and fails the gate.
   *
   * <p>No shell is involved. The program's input is empty, and of the environment it gets PATH,
   * HOME, LANG and TMPDIR only. The gate needs no thread: output goes to a temporary file, and the
   * calling thread looks at it every 20 ms. So the limits are kept to within 20 ms. A child that
   * leaves the process tree lives on.
   *
   * @param command program and arguments, not empty
   * @param folder where it runs
   * @param limit how long it may take, positive
   * @param output how many bytes it may write, at least 1
   * @param sources for the time
   * @return the gate
   * @throws IllegalArgumentException if a limit is not positive or there is no command
   */
  public static QualityGate command(
      List<String> command, Path folder, Duration limit, long output, Sources sources) {
    return new CommandGate(command, folder, limit, output, sources);
  }

  /**
   * The spec of a task that carries its text.
   *
   * @param task the task
   * @return empty when the task only names its spec
   */
  public static Optional<SpecOutline> specOf(Task task) {
    return task.spec() instanceof SpecRef.Text text
        ? SpecOutline.read(text.text())
        : Optional.empty();
  }

  private static List<Evidence> named(WorkReport report, String name) {
    String wanted = compared(name);
    return report.evidence().stream().filter(e -> compared(e.gate()).equals(wanted)).toList();
  }

  private static String compared(String name) {
    return name.strip().toLowerCase(Locale.ROOT).replace('-', '_');
  }

  static String first(List<String> all) {
    String shown = String.join(", ", all.subList(0, Math.min(MOST_NAMED, all.size())));
    return all.size() > MOST_NAMED ? shown + " and " + (all.size() - MOST_NAMED) + " more" : shown;
  }
}
