/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MaintenanceTest {
  private static final String BARE =
      """
      class A {
          int f(int a) {
              if (a > 0)
                  return 1;
              return 0;
          }
      }
      """;
  private static final String UNUSED =
      """
      import java.util.Stack;
      import java.util.List;

      class A {
        List<String> a;
      }
      """;

  @TempDir private Path dir;
  private final Compiler compiler = new Compiler(List.of(), List.of());
  private final WorkChecks gates = new WorkChecks(compiler);

  private List<String> misses(ChoreType type, String text) {
    return compiler.with("A.java", text, type.goal()::misses);
  }

  @Test
  void goals_name_what_is_still_wrong_and_are_met_after_the_work() throws Exception {
    assertThat(misses(ChoreType.MISSING_BRACES, BARE)).hasSize(1);
    assertThat(misses(ChoreType.UNUSED_IMPORTS, UNUSED)).hasSize(1);
    assertThat(misses(ChoreType.FORMAT_GOOGLE, BARE)).isNotEmpty();

    String braced = HastyFixer.fix("missing-braces", BARE);
    String imports = Formatters.google().apply(ChoreType.UNUSED_IMPORTS, "A.java", UNUSED);
    String laidOut = Formatters.google().apply(ChoreType.FORMAT_GOOGLE, "A.java", BARE);

    assertThat(misses(ChoreType.MISSING_BRACES, braced)).isEmpty();
    assertThat(misses(ChoreType.UNUSED_IMPORTS, imports)).isEmpty();
    assertThat(misses(ChoreType.FORMAT_GOOGLE, laidOut)).isEmpty();
  }

  @Test
  void gates_pass_good_work_and_say_what_is_wrong_with_bad_work() {
    Tool hasty = (type, path, source) -> HastyFixer.fix(type.id(), source);
    String good = HastyFixer.fix("missing-braces", BARE);

    assertThat(gates.check(ChoreType.MISSING_BRACES, "A.java", BARE, good, hasty))
        .allMatch(Evidence::passed);
    assertThat(gates.check(ChoreType.MISSING_BRACES, "A.java", BARE, BARE, hasty))
        .extracting(Evidence::passed)
        .containsExactly(true, false);
    assertThat(gates.check(ChoreType.MISSING_BRACES, "A.java", BARE, good + "}", hasty))
        .extracting(Evidence::passed)
        .containsExactly(false);
    Tool restless = (type, path, source) -> source + " ";
    assertThat(gates.check(ChoreType.MISSING_BRACES, "A.java", BARE, good, restless))
        .extracting(Evidence::passed)
        .containsExactly(true, true, false);
  }

  @Test
  void the_diff_counts_lines_as_git_does() {
    FileChange change = LineDiff.of("A.java", "a\nb\nc\n", "a\nB\nc\nd\n");

    assertThat(change).isEqualTo(new FileChange("A.java", 2, 1));
  }

  @Test
  void the_hasty_program_changes_every_java_file_below_a_folder() throws Exception {
    Path file = Files.createDirectories(dir.resolve("a/b")).resolve("A.java");
    Files.writeString(file, "class A { \t\n}\n");

    HastyFixer.main(new String[] {"whitespace", dir.toString()});

    assertThat(Files.readString(file)).isEqualTo("class A {\n}\n");
  }

  @Test
  void the_same_seed_puts_the_same_defects() {
    String path = "src/Some.java";
    String text = "package a;\n\nclass A {\n  @Override\n  public String toString() {\n  }\n}\n";

    assertThat(new Defects(7).seed(path, text)).isEqualTo(new Defects(7).seed(path, text));
  }

  @Test
  void every_chore_has_a_spec_that_its_policy_admits() {
    try (dev.arbiter.caws.Caws caws =
        dev.arbiter.caws.Caws.builder().policy(WorkingSpec.POLICY).build()) {
      for (ChoreType type : ChoreType.values()) {
        Chore chore = new Chore("CHORE-1", type, "org/apache/A.java", "");
        assertThat(caws.admit(chore.task()))
            .isInstanceOf(dev.arbiter.task.Admission.Admitted.class);
      }
    }
  }

  @Test
  void wrong_options_are_one_clear_line() throws IOException {
    assertThat(run("--policy", "magic"))
        .startsWith("--policy must be one of [adaptive-thompson, default, ")
        .endsWith("], got 'magic'");
    assertThat(run("--agent", "nothing")).contains("--agent must be NAME=COMMAND");
    assertThat(run("--repo", dir.toString(), "--out", dir.resolve("out").toString()))
        .contains("is no Git repository; name the top folder of one with --repo");
    assertThat(run("--task", "Add a test"))
        .isEqualTo("--task needs an agent of yours, such as --agent mine='fix {task} {dir}'");
    assertThat(run("--task", " ", "--agent", "a=b")).contains("--task needs words");
    assertThat(run("--scope", "src")).contains("--scope is for --task");
    assertThat(run("--taks", "3")).contains("Unknown options: '--taks', '3'");
  }

  private static String run(String... args) {
    StringWriter err = new StringWriter();
    PrintStream out = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    CommandLine command = CodeMaintenance.commandLine(out).setErr(new PrintWriter(err, true));
    assertThat(command.execute(args)).isEqualTo(2);
    return err.toString().strip();
  }
}
