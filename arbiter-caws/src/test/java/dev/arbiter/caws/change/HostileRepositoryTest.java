/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The agent owns the work tree and its .git; what it writes there never makes its work smaller. */
class HostileRepositoryTest extends RepositoryFixture {
  private String base = "";

  @BeforeEach
  void content() throws Exception {
    write("src/A.java", "class A {\n}\n");
    write("src/B.java", lines("b", 100));
    write(".caws/policy.yaml", "version: 1\n");
    git("add", "-A");
    git("commit", "-q", "-m", "base");
    base = ChangeSet.commitOf(folder, "HEAD");
  }

  private void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static String lines(String text, int count) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      lines.append(text).append(i).append('\n');
    }
    return lines.toString();
  }

  /** Something an agent does so that its change is not seen. */
  private interface Trick {
    void play(HostileRepositoryTest repository) throws Exception;
  }

  private record Named(String name, Trick trick) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Named> tricks() {
    return Stream.of(
        new Named("skip-worktree", r -> r.git("update-index", "--skip-worktree", "src/A.java")),
        new Named(
            "assume-unchanged", r -> r.git("update-index", "--assume-unchanged", "src/A.java")),
        new Named("attributes -diff", r -> r.write(".git/info/attributes", "* -diff\n")),
        new Named("attributes binary", r -> r.write("src/.gitattributes", "* binary\n")),
        new Named("attributes text", r -> r.write("src/.gitattributes", "* text eol=crlf\n")),
        new Named("attributes ident", r -> r.write(".gitattributes", "* ident export-ignore\n")),
        new Named(
            "attributes encoding",
            r -> r.write("src/.gitattributes", "* working-tree-encoding=UTF-16\n")),
        new Named(
            "filter",
            r -> {
              r.git("config", "filter.x.clean", "touch " + r.folder + "/ran; cat");
              r.git("config", "filter.x.required", "true");
              r.write(".gitattributes", "* filter=x\n");
            }),
        new Named("ignore file", r -> r.write("src/.gitignore", "*\n")),
        new Named("exclude", r -> r.write(".git/info/exclude", "*\n")),
        new Named(
            "excludes file",
            r -> {
              r.write(".git/mine", "*\n");
              r.git("config", "core.excludesFile", r.folder + "/.git/mine");
            }),
        new Named("work tree setting", r -> r.git("config", "core.worktree", "/nowhere")),
        new Named("bare setting", r -> r.git("config", "core.bare", "true")),
        new Named("file mode off", r -> r.git("config", "core.fileMode", "false")),
        new Named("sparse", r -> r.git("config", "core.sparseCheckout", "true")),
        new Named("ignore stat", r -> r.git("config", "core.ignoreStat", "true")),
        new Named("big files are binary", r -> r.git("config", "core.bigFileThreshold", "1")),
        new Named("ignored submodules", r -> r.git("config", "diff.ignoreSubmodules", "all")),
        new Named("no renames", r -> r.git("config", "diff.renameLimit", "1")),
        new Named("broken configuration", r -> r.write(".git/config", "[[[\n")),
        new Named("index gone", r -> Files.deleteIfExists(r.folder.resolve(".git/index"))),
        new Named("index damaged", r -> r.write(".git/index", "DIRC")),
        new Named(
            "committed",
            r -> {
              r.git("add", "-A");
              r.git("commit", "-q", "-m", "done");
            }),
        new Named(
            "branches moved",
            r -> {
              r.git("add", "-A");
              r.git("commit", "-q", "-m", "done");
              r.git("tag", r.base);
              r.git("branch", r.base);
            }),
        new Named(
            "replaced base",
            r -> {
              r.git("add", "-A");
              r.git("commit", "-q", "-m", "done");
              r.git("replace", r.base, "HEAD");
            }),
        new Named(
            "graft", r -> r.write(".git/info/grafts", ChangeSet.commitOf(r.folder, "HEAD") + "\n")),
        new Named(
            "remote helper",
            r -> {
              r.git("config", "extensions.partialClone", "x");
              r.git("config", "remote.x.promisor", "true");
              r.git("config", "remote.x.url", "ext::touch " + r.folder + "/ran");
              r.git("config", "protocol.ext.allow", "always");
            }),
        new Named("hooks", r -> r.git("config", "core.hooksPath", r.folder.toString())),
        new Named("monitor", r -> r.git("config", "core.fsmonitor", "touch " + r.folder + "/ran")),
        new Named(
            "external diff", r -> r.git("config", "diff.external", "touch " + r.folder + "/ran")));
  }

  @ParameterizedTest
  @MethodSource("tricks")
  void a_trick_hides_no_line_and_runs_no_program(Named named) throws Exception {
    write("src/A.java", lines("a", 17_980));

    named.trick.play(this);

    assertThat(ChangeSet.ofGit(folder, base).changes())
        .contains(new FileChange("src/A.java", 17_980, 2));
    assertThat(folder.resolve("ran")).doesNotExist();
  }

  @Test
  void a_base_object_that_was_changed_is_refused() throws Exception {
    write("src/A.java", "class A {\n}\nint x;\n");
    String blob = objectOf("class A {\n}\n");
    Path loose = folder.resolve(".git/objects/" + blob.substring(0, 2) + "/" + blob.substring(2));
    Files.setPosixFilePermissions(loose, PosixFilePermissions.fromString("rw-rw-rw-"));
    String other = objectOf("class A {\n}\nint x;\n");
    git("hash-object", "-w", "src/A.java");
    Files.write(
        loose,
        Files.readAllBytes(
            folder.resolve(".git/objects/" + other.substring(0, 2) + "/" + other.substring(2))));

    assertThatThrownBy(() -> ChangeSet.ofGit(folder, base))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(blob);
  }

  private static String objectOf(String text) throws Exception {
    var digest = java.security.MessageDigest.getInstance("SHA-1");
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(("blob " + bytes.length + "\0").getBytes(StandardCharsets.UTF_8));
    return java.util.HexFormat.of().formatHex(digest.digest(bytes));
  }

  @Test
  void a_merge_base_is_no_commit_that_a_forged_parent_leads_to() throws Exception {
    write("src/A.java", "class A {\n}\nint x;\n");
    git("add", "-A");
    git("commit", "-q", "-m", "trusted");
    String trusted = ChangeSet.commitOf(folder, "HEAD");
    git("checkout", "-q", "--orphan", "mine");
    write("src/Evil.java", lines("e", 5_000));
    git("add", "-A");
    git("commit", "-q", "-m", "mine");
    String mine = ChangeSet.commitOf(folder, "HEAD");
    String tree = output("log", "-1", "--format=%T", base).strip();
    String author = "author t <t> 0 +0000\ncommitter t <t> 0 +0000\n\nx";
    overwrite(base, "commit", "tree " + tree + "\nparent " + mine + "\n" + author);

    String found;
    try {
      found = ChangeSet.mergeBaseOf(folder, trusted);
    } catch (IOException refused) {
      assertThat(refused).hasMessageContaining(base);
      found = trusted;
    }

    assertThat(ChangeSet.ofGit(folder, found).lines()).isGreaterThanOrEqualTo(5_000);
  }

  private String output(String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private void overwrite(String id, String type, String text) throws IOException {
    Path loose = folder.resolve(".git/objects/" + id.substring(0, 2) + "/" + id.substring(2));
    Files.delete(loose);
    try (var out = new java.util.zip.DeflaterOutputStream(Files.newOutputStream(loose))) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.write((type + " " + bytes.length + "\0").getBytes(StandardCharsets.UTF_8));
      out.write(bytes);
    }
  }

  private void shell(String script) throws Exception {
    assertThat(new ProcessBuilder("sh", "-c", script).directory(folder.toFile()).start().waitFor())
        .isZero();
  }

  @Test
  void a_pipe_among_the_objects_is_refused_at_once() throws Exception {
    shell("mkdir -p .git/objects/info && mkfifo .git/objects/info/alternates");

    assertThatThrownBy(() -> ChangeSet.ofGit(folder, base)).hasMessageContaining("alternates");
  }

  @Test
  void no_two_names_are_one_and_no_target_of_a_link_is_lost() throws Exception {
    shell("touch \"$(printf 'a\\351\\351')\" \"$(printf 'a\\\\xE9\\351')\"");
    assertThat(ChangeSet.ofGit(folder, base).files()).isEqualTo(2);

    shell("ln -s \"$(printf '\\351')\" odd");
    assertThatThrownBy(() -> ChangeSet.ofGit(folder, base)).hasMessageContaining("'odd'");
  }

  @Test
  void bulk_without_lines_or_zero_bytes_counts_by_its_size() throws Exception {
    write("bulk.txt", "x".repeat(100 * 1024));

    assertThat(ChangeSet.ofGit(folder, base).changes())
        .containsExactly(new FileChange("bulk.txt", 100, 0));
  }

  @Test
  void files_of_a_nested_repository_count_each_and_its_own_too() throws Exception {
    for (int i = 0; i < 300; i++) {
      write("lib/F" + i + ".java", "x\n");
    }
    write("lib/.git/HEAD", "ref: refs/heads/main\n");
    write("lib/.git/hidden.java", lines("h", 50));

    ChangeSet set = ChangeSet.ofGit(folder, base);

    assertThat(set.files()).isEqualTo(302);
    assertThat(set.changes()).contains(new FileChange("lib/.git/hidden.java", 50, 0));
  }

  @Test
  void a_zero_byte_makes_no_text_uncountable() throws Exception {
    write("src/A.java", "// \0\n" + lines("a", 20_000));

    assertThat(ChangeSet.ofGit(folder, base).changes())
        .containsExactly(new FileChange("src/A.java", 20_001, 2));
  }

  @Test
  void content_without_lines_counts_by_its_size() throws Exception {
    write("logo.bin", new byte[10 * 1024 + 1]);

    assertThat(ChangeSet.ofGit(folder, base).changes())
        .containsExactly(new FileChange("logo.bin", 11, 0));
  }

  @Test
  void carriage_returns_end_lines_too() throws Exception {
    write("src/A.java", lines("a", 500).replace('\n', '\r'));

    assertThat(ChangeSet.ofGit(folder, base).changes())
        .containsExactly(new FileChange("src/A.java", 500, 2));
  }

  @Test
  void names_that_are_no_text_are_kept_apart() throws Exception {
    String script = "touch \"$(printf 'a\\351')\" \"$(printf 'a\\352')\" 'sp ace\t\"q\"'";
    assertThat(new ProcessBuilder("sh", "-c", script).directory(folder.toFile()).start().waitFor())
        .isZero();

    assertThat(ChangeSet.ofGit(folder, base).changes())
        .extracting(FileChange::path)
        .containsExactlyInAnyOrder("a\\xE9", "a\\xEA", "sp ace\t\"q\"");
  }

  @Test
  void modes_and_links_are_changes() throws Exception {
    Files.setPosixFilePermissions(
        folder.resolve("src/A.java"), PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.delete(folder.resolve("src/B.java"));
    Files.createSymbolicLink(folder.resolve("src/B.java"), Path.of("A.java"));

    assertThat(ChangeSet.ofGit(folder, base).changes())
        .extracting(FileChange::path)
        .containsExactlyInAnyOrder("src/A.java", "src/B.java");
  }

  @Test
  void a_pipe_is_refused_and_blocks_nobody() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", "pipe").directory(folder.toFile()).start().waitFor())
        .isZero();

    assertThatThrownBy(() -> ChangeSet.ofGit(folder, base))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("'pipe'");
  }

  @Test
  void a_submodule_is_compared_with_the_commit_it_is_pinned_to() throws Exception {
    Path inner = folder.resolve("vendor");
    Files.createDirectories(inner);
    write("vendor/lib.c", "int x;\n");
    run(inner, "init", "-q");
    run(inner, "add", "-A");
    run(inner, "commit", "-q", "-m", "lib");
    git("add", "vendor");
    git("commit", "-q", "-m", "with submodule");
    String pinned = ChangeSet.commitOf(folder, "HEAD");
    assertThat(ChangeSet.ofGit(folder, pinned)).isEqualTo(ChangeSet.none());

    write("vendor/lib.c", lines("x", 1_000));
    write("vendor/evil.c", lines("y", 1_000));
    run(inner, "add", "-A");
    run(inner, "commit", "-q", "-m", "more");

    assertThat(ChangeSet.ofGit(folder, pinned).changes())
        .containsExactlyInAnyOrder(
            new FileChange("vendor/lib.c", 1_000, 1), new FileChange("vendor/evil.c", 1_000, 0));
    Files.move(inner.resolve(".git"), folder.resolve(".git/away"));
    assertThatThrownBy(() -> ChangeSet.ofGit(folder, pinned)).hasMessageContaining("vendor");
  }

  private static void run(Path dir, String... arguments) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.invalid"));
    command.addAll(List.of(arguments));
    assertThat(new ProcessBuilder(command).directory(dir.toFile()).start().waitFor()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEAD", "main2", "v1", "HEAD~1", "packed"})
  void a_revision_is_found_without_the_configuration_of_its_owner(String revision)
      throws Exception {
    String first = base;
    git("tag", "-a", "v1", "-m", "annotated");
    git("branch", "packed");
    git("pack-refs", "--all");
    git("branch", "main2");
    write("more.txt", "1\n");
    git("add", "-A");
    git("commit", "-q", "-m", "more");
    write(".git/config", "[core]\n\trepositoryformatversion = 0\n\tsshCommand = touch ran\n");

    String found = ChangeSet.commitOf(folder, revision);

    assertThat(found.equals(first)).isEqualTo(!revision.equals("HEAD"));
  }

  @Test
  void a_linked_work_tree_and_sha256_are_measured_too() throws Exception {
    Path linked = folder.resolve("../linked-" + folder.getFileName());
    git("worktree", "add", "-q", linked.toString(), "HEAD");
    Files.writeString(linked.resolve("n.txt"), "1\n2\n");
    assertThat(ChangeSet.ofGit(linked, ChangeSet.commitOf(linked, "HEAD")).changes())
        .containsExactly(new FileChange("n.txt", 2, 0));

    Path long_ = Files.createDirectory(folder.resolve("../long-" + folder.getFileName()));
    run(long_, "init", "-q", "--object-format=sha256");
    Files.writeString(long_.resolve("a.txt"), "1\n");
    run(long_, "add", "-A");
    run(long_, "commit", "-q", "-m", "a");
    Files.writeString(long_.resolve("a.txt"), "1\n2\n");
    assertThat(ChangeSet.ofGit(long_, "HEAD").changes())
        .containsExactly(new FileChange("a.txt", 1, 0));
  }
}
