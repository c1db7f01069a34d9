/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.ObjectId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole program with its real tools, on a small repository, as a user would start it. */
class WholeRunTest {
  private static final String SLOPPY =
      """
      package a;

      import java.util.ArrayList;
      import java.util.List;
      import java.util.Map;

      public class Sloppy {
          private final List<String> names = new ArrayList<String>();\t

          public String toString() {
              if (names.isEmpty()) return "none";
              return String.join(",", names);
          }
      }
      """;

  @TempDir private Path dir;
  private Path repo;
  private ObjectId head;

  @BeforeEach
  void commitSloppyCode() throws Exception {
    repo = dir.resolve("mine");
    try (Git git = Git.init().setDirectory(repo.toFile()).call()) {
      Path file = Files.createDirectories(repo.resolve("src/a")).resolve("Sloppy.java");
      Files.writeString(file, SLOPPY);
      git.add().addFilepattern(".").call();
      head = git.commit().setMessage("sloppy").setAuthor("me", "me@example.com").call();
    }
  }

  private String run(String out, String... more) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(printed, true, StandardCharsets.UTF_8);
    String[] args = new String[4 + more.length];
    System.arraycopy(new String[] {"--repo", repo.toString(), "--out"}, 0, args, 0, 3);
    args[3] = dir.resolve(out).toString();
    System.arraycopy(more, 0, args, 4, more.length);
    assertThat(CodeMaintenance.commandLine(print).execute(args)).isZero();
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static String decisions(String printed) {
    return printed
        .lines()
        .filter(line -> line.startsWith("Decisions and verdicts:"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void one_seed_gives_one_run_and_leaves_the_users_repository_alone() throws Exception {
    String first = run("first", "--seed", "3");
    String second = run("second", "--seed", "3");
    String other = run("other", "--seed", "4");

    assertThat(first).contains("5 tasks of 5 types on 1 Java files");
    assertThat(decisions(second)).isEqualTo(decisions(first));
    assertThat(decisions(other)).isNotEqualTo(decisions(first));
    try (Git git = Git.open(repo.toFile())) {
      assertThat(git.status().call().isClean()).isTrue();
      assertThat(git.getRepository().resolve("HEAD")).isEqualTo(head);
    }
  }

  @Test
  void a_task_in_ones_own_words_is_measured_judged_and_committed() throws Exception {
    String printed =
        run(
            "out",
            "--task",
            "Write notes",
            "--task",
            "Write them where nobody may",
            "--scope",
            "NOTES.md",
            "--agent",
            "mine=touch {dir}/NOTES.md",
            "--agent",
            "other=touch {dir}/OTHER.md",
            "--fallbacks",
            "1");

    assertThat(printed)
        .contains("OWN-1: Write notes")
        .contains("approved: mine changed 1 file(s), 0 line(s)")
        .contains("OWN-2");
    assertThat(dir.resolve("out/repository/NOTES.md")).exists();
    assertThat(dir.resolve("out/repository/OTHER.md")).doesNotExist();
    assertThat(dir.resolve("out/verdicts/checkpoint.txt")).isNotEmptyFile();
    try (Git git = Git.open(dir.resolve("out/repository").toFile())) {
      assertThat(git.log().call().iterator().next().getFullMessage())
          .isEqualTo("Write notes\n\nDone by mine\n");
    }
  }

  @Test
  void a_command_of_the_users_works_beside_the_tools() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = Path.of("target/classes").toAbsolutePath().toString();
    String command = java + " -cp " + classes + " " + HastyFixer.class.getName();

    String printed =
        run("out", "--agent", "mine=" + command + " whitespace {dir}", "--fallbacks", "5");

    assertThat(printed)
        .contains("hasty-regex, mine;")
        .contains("a command of yours runs for the tasks only")
        .containsPattern("Verdicts: (\\d+) sealed, \\1 verified");
    try (Git git = Git.open(dir.resolve("out/repository").toFile())) {
      long commits = StreamSupport.stream(git.log().call().spliterator(), false).count();
      assertThat(commits).isGreaterThan(3);
    }
    assertThat(dir.resolve("out/verdicts/checkpoint.txt")).isNotEmptyFile();
    assertThat(printed).contains("The same with charts: " + dir.resolve("out/report.html"));
    assertThat(Files.readString(dir.resolve("out/report.html")))
        .contains("hasty-regex, mine;")
        .contains("\"kind\":\"Bars\"", "\"kind\":\"Shares\"", "\"path\":\"verdicts/\"")
        .doesNotContain(dir.toString());
    assertThat(Files.readString(dir.resolve("out/repository/src/a/Sloppy.java")))
        .contains("@Override")
        .doesNotContain("\t");
  }
}
