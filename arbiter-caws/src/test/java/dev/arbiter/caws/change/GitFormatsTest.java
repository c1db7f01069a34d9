/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.FileChange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever options real git prints a diff with: the reader counts what changed, or refuses. */
class GitFormatsTest extends RepositoryFixture {
  @BeforeEach
  void changes() throws Exception {
    write("src/Words.java", "class A {\n    int old = 1;\n\n    int x;\n}\n");
    write("notes.md", "- one\n- two\n+ three\n");
    write("dos.txt", "a\r\nb\r\nc\r\n");
    write("sp ace/old name.txt", "1\n2\n3\n4\n5\n6\n");
    write("gone.txt", "a\nb");
    write("run.sh", "x\n");
    write("empty-soon.txt", "");
    write("-- odd", "a\n");
    shell("printf 'x\\351\\n' > \"$(printf 'lat\\351n')\"");
    git("add", "-A");
    git("commit", "-q", "-m", "base");

    write("src/Words.java", "class A {\n    int fresh = 1;\n\n    int x;\n}\n");
    write("notes.md", "- one\n+ two\n+ three\n-- a\n++ b");
    write("dos.txt", "a\r\nB\r\nc\r\n");
    git("mv", "sp ace/old name.txt", "sp ace/new => \"name\".txt");
    write("sp ace/new => \"name\".txt", "1\n2\n3\n4\n5\nsix\n");
    Files.delete(folder.resolve("gone.txt"));
    Files.delete(folder.resolve("empty-soon.txt"));
    write("empty now.txt", "");
    write("-- odd", "b\n");
    shell("printf 'y\\352\\n' > \"$(printf 'lat\\351n')\"");
    shell("chmod +x run.sh");
    git("add", "-A");
  }

  private void write(String name, String text) throws Exception {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void shell(String script) throws Exception {
    assertThat(new ProcessBuilder("sh", "-c", script).directory(folder.toFile()).start().waitFor())
        .isZero();
  }

  private byte[] diff(String options) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    List<String> given = List.of(options.split(" ", -1));
    boolean quoted = !given.contains("raw-names");
    command.addAll(List.of("-c", "core.quotePath=" + quoted, "diff"));
    given.stream().filter(one -> !one.equals("raw-names")).forEach(command::add);
    command.add("HEAD");
    Process git = new ProcessBuilder(command).directory(folder.toFile()).start();
    byte[] printed = git.getInputStream().readAllBytes();
    assertThat(git.waitFor()).isZero();
    return printed;
  }

  private static Map<String, FileChange> byPath(List<FileChange> changes) {
    Map<String, FileChange> byPath = new HashMap<>();
    changes.forEach(change -> byPath.put(change.path(), change));
    return byPath;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-M",
        "-M raw-names",
        "-M -U0",
        "-M --numstat -z",
        "-M --function-context",
        "-M --full-index",
        "-M --no-prefix",
        "-M --patience",
        "-M -U9 --inter-hunk-context=9",
        "-M --ws-error-highlight=all",
        "-M -a --binary",
      })
  void what_is_read_is_all_that_changed(String options) throws Exception {
    ChangeSet measured = ChangeSet.ofGit(folder, "HEAD");

    assertThat(byPath(ChangeSet.parse(diff(options)).touched()))
        .isEqualTo(byPath(measured.touched()));
  }

  @Test
  void a_copy_is_refused_for_its_lines_are_not_there() throws Exception {
    write("copy.md", "- one\n- two\n+ three\n"); // as notes.md was
    git("add", "-A");

    assertThatThrownBy(() -> ChangeSet.parse(diff("-C")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a copy shows none of its lines");
    assertThat(ChangeSet.parse(diff("-M")).changes()).contains(new FileChange("copy.md", 3, 0));
  }

  @Test
  void without_moves_a_file_goes_and_another_comes() throws Exception {
    ChangeSet read = ChangeSet.parse(diff("--no-renames"));

    assertThat(read).isEqualTo(ChangeSet.parse(diff("--no-renames --numstat -z")));
    assertThat(read).isEqualTo(ChangeSet.parse(diff("--no-renames --numstat")));
    assertThat(read.changes())
        .contains(
            new FileChange("sp ace/old name.txt", 0, 6),
            new FileChange("sp ace/new => \"name\".txt", 6, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--word-diff",
        "--word-diff=porcelain",
        "--word-diff=color",
        "--color=always",
        "--color-words",
        "-M --numstat",
        "--patch-with-stat",
        "--patch-with-raw",
        "--numstat -p",
        "-p --shortstat",
        "--stat",
        "--summary",
        "--name-only",
        "--name-status",
        "--raw",
        "--dirstat",
        "--compact-summary",
        "--src-prefix=old/ --dst-prefix=new/",
        "--line-prefix=>",
        "--output-indicator-new=>",
      })
  void what_is_no_whole_count_is_refused_with_one_line(String options) throws Exception {
    byte[] printed = diff(options);

    assertThat(printed).isNotEmpty();
    assertThatThrownBy(() -> ChangeSet.parse(printed))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"show", "log -p", "format-patch --stdout HEAD~1", "show --cc"})
  void commits_with_their_headers_are_refused(String command) throws Exception {
    git("commit", "-q", "-m", "work");
    List<String> git = new ArrayList<>(List.of("git"));
    git.addAll(List.of(command.split(" ", -1)));
    byte[] printed =
        new ProcessBuilder(git).directory(folder.toFile()).start().getInputStream().readAllBytes();

    assertThat(new String(printed, StandardCharsets.ISO_8859_1)).contains("diff --git");
    assertThatThrownBy(() -> ChangeSet.parse(printed)).isInstanceOf(IllegalArgumentException.class);
  }
}
