/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.revwalk.RevCommit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed half way, with kill -9, and started again. */
class DurableRunTest {
  private static final int FILES = 12;
  private static final String SLOPPY =
      """
      package a;

      import java.util.ArrayList;
      import java.util.List;
      import java.util.Map;

      public class Sloppy%s {
          private final List<String> names = new ArrayList<String>();\t

          public String toString() {
              if (names.isEmpty()) return "none";
              return String.join(",", names);
          }
      }
      """;

  @TempDir private Path dir;
  private Path repo;

  @BeforeEach
  void commitSloppyCode() throws Exception {
    repo = dir.resolve("mine");
    try (Git git = Git.init().setDirectory(repo.toFile()).call()) {
      Path source = Files.createDirectories(repo.resolve("src/a"));
      for (int i = 0; i < FILES; i++) {
        Files.writeString(source.resolve("Sloppy" + i + ".java"), SLOPPY.replace("%s", "" + i));
      }
      git.add().addFilepattern(".").call();
      git.commit().setMessage("sloppy").setAuthor("me", "me@example.com").call();
    }
  }

  /* With so many fallbacks each agent is tried, so that no end depends on who is asked first. */
  private List<String> options(Path durable) {
    return List.of("--repo", repo.toString(), "--durable", durable.toString(), "--fallbacks", "5");
  }

  private String run(Path durable) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(printed, true, StandardCharsets.UTF_8);
    int code = CodeMaintenance.commandLine(print).execute(options(durable).toArray(String[]::new));
    assertThat(code).isZero();
    return printed.toString(StandardCharsets.UTF_8);
  }

  /* Starts a process, and kills it when so many changes are commits. */
  private void killedAfter(int changes, Path durable) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.addAll(List.of("-cp", classPath(), CodeMaintenance.class.getName()));
    command.addAll(options(durable));
    Path output = dir.resolve("output-" + changes);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
      while (changes(durable) < changes && process.isAlive() && System.nanoTime() < end) {
        Thread.sleep(20);
      }
      assertThat(process.isAlive()).as(Files.readString(output)).isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static String classPath() {
    String given = System.getProperty("surefire.test.class.path", "");
    return given + File.pathSeparator + System.getProperty("java.class.path");
  }

  private static int changes(Path durable) throws Exception {
    if (!Files.exists(durable.resolve("repository"))) {
      return 0;
    }
    try (Git git = Git.open(durable.resolve("repository").toFile())) {
      ObjectId approved = git.getRepository().resolve("refs/heads/arbiter-approved");
      int commits = 0;
      if (approved != null) {
        for (RevCommit unused : git.log().add(approved).call()) {
          commits++;
        }
      }
      return commits - 1;
    }
  }

  private static String line(String printed, String start) {
    return printed.lines().filter(line -> line.startsWith(start)).findFirst().orElse("no " + start);
  }

  /* The changes, without who made them. */
  private static List<String> commits(Path durable) throws Exception {
    List<String> changes = new ArrayList<>();
    try (Git git = Git.open(durable.resolve("repository").toFile())) {
      for (RevCommit commit : git.log().call()) {
        changes.add(commit.getFullMessage().strip().replaceAll(" by .*", ""));
      }
      assertThat(git.status().call().isClean()).isTrue();
    }
    return changes;
  }

  @Test
  void a_run_that_is_killed_half_way_has_the_same_totals() throws Exception {
    String whole = run(dir.resolve("whole"));
    assertThat(whole).contains("40 tasks of 7 types").contains("\n0 task(s) had ended before");

    Path durable = dir.resolve("killed");
    killedAfter(8, durable);
    String printed = run(durable);

    assertThat(printed).doesNotContain("\n0 task(s) had ended before");
    assertThat(line(printed, "Tasks: ")).isEqualTo(line(whole, "Tasks: "));
    assertThat(printed).containsPattern("Verdicts: (\\d+) sealed, \\1 verified");
    List<String> made = commits(durable);
    List<String> expected = commits(dir.resolve("whole"));
    assertThat(made).doesNotHaveDuplicates();
    assertThat(without(made, expected)).allSatisfy(task -> assertNothingIsLeft(task, "whole"));
    assertThat(without(expected, made)).allSatisfy(task -> assertNothingIsLeft(task, "killed"));
  }

  private static List<String> without(List<String> all, List<String> others) {
    return all.stream().filter(task -> !others.contains(task)).toList();
  }

  /*
   * After the restart another agent may do a task, and its change may hold that of a later one, which
   * then has nothing to commit. But nothing of it may be left to do.
   */
  private void assertNothingIsLeft(String task, String run) {
    String[] words = task.split(" ", 2);
    ChoreType type = ChoreType.of(words[0]);
    Path file = dir.resolve(run).resolve("repository").resolve(words[1]);
    try (Compiler compiler = new Compiler(List.of(), List.of())) {
      String text = Files.readString(file);
      assertThat(compiler.with(words[1], text, type.goal()::misses))
          .as("%s in %s", task, run)
          .isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void a_run_goes_on_only_with_the_options_it_began_with() throws Exception {
    Path durable = dir.resolve("begun");
    Files.createDirectories(durable);
    DurableRun.sameAsBefore(durable, "--tasks 3");
    assertThat(refusal(durable)).contains("--tasks 3").contains("the same");
    assertThat(Arrays.asList(durable.toFile().list()))
        .containsExactlyInAnyOrder("run.lock", "settings.txt");
  }

  /** Before it looks at the repository, in which a run would undo what the other is doing. */
  @Test
  void a_second_run_in_one_folder_is_refused() throws Exception {
    Path durable = Files.createDirectories(dir.resolve("shared"));
    try (FileChannel held = DurableRun.take(durable)) {
      assertThat(held.isOpen()).isTrue();
      assertThat(refusal(durable)).contains(durable.toString(), "has a run at work");
    }
    assertThat(durable.resolve("repository")).doesNotExist();
    DurableRun.take(durable).close();
  }

  private String refusal(Path durable) {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PrintStream print = new PrintStream(errors, true, StandardCharsets.UTF_8);
    PrintStream before = System.err;
    System.setErr(print);
    try {
      int code =
          CodeMaintenance.commandLine(print).execute(options(durable).toArray(String[]::new));
      assertThat(code).isEqualTo(2);
    } finally {
      System.setErr(before);
    }
    return errors.toString(StandardCharsets.UTF_8);
  }
}
