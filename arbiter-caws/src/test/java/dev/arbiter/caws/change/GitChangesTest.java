/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against the real git command; skipped where there is none. */
class GitChangesTest extends RepositoryFixture {
  @BeforeEach
  void content() throws Exception {
    write("keep.txt", "a\nb\nc\n");
    write("old name.txt", "one\ntwo\nthree\nfour\nfive\nsix\n");
    write("\u00e4 \"q\"\ttab.txt", "x\n");
    Files.write(folder.resolve("logo.bin"), new byte[] {0, 1, 2});
    git("add", "-A");
    git("commit", "-q", "-m", "base");
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void commits_staged_unstaged_and_untracked_changes_all_count() throws Exception {
    write("committed.txt", "1\n2\n");
    git("add", "-A");
    git("commit", "-q", "-m", "more");
    write("staged.txt", "1\n");
    git("add", "staged.txt");
    write("keep.txt", "a\nB\nc\n");
    write("deep/untracked.txt", "1\n2\n3");
    Files.write(folder.resolve("logo.bin"), new byte[] {0, 9});

    ChangeSet set = ChangeSet.ofGit(folder.resolve("deep"), "HEAD~1");

    assertThat(set.changes())
        .containsExactlyInAnyOrder(
            new FileChange("committed.txt", 2, 0),
            new FileChange("staged.txt", 1, 0),
            new FileChange("keep.txt", 1, 1),
            new FileChange("logo.bin", 1, 1),
            new FileChange("deep/untracked.txt", 3, 0));
  }

  /** Such a file lies beside a ledger of waivers in the work tree. */
  @Test
  void the_empty_file_that_claims_a_ledger_does_not_count() throws Exception {
    write(".caws/waivers/ledger.jsonl.lock", "");
    assertThat(ChangeSet.ofGit(folder, "HEAD").changes()).isEmpty();

    git("add", "-A");
    git("commit", "-q", "-m", "claim");
    assertThat(ChangeSet.ofGit(folder, "HEAD").changes()).isEmpty();
    write(".caws/waivers/ledger.jsonl.lock", "x\n");
    write("a.lock", "");
    assertThat(ChangeSet.ofGit(folder, "HEAD").changes())
        .containsExactlyInAnyOrder(
            new FileChange(".caws/waivers/ledger.jsonl.lock", 1, 0),
            new FileChange("a.lock", 0, 0));
  }

  @Test
  void a_file_of_the_base_that_is_emptied_to_look_like_a_claim_counts() throws Exception {
    write("a.jsonl.lock", "1\n2\n");
    git("add", "-A");
    git("commit", "-q", "-m", "more");

    write("a.jsonl.lock", "");

    assertThat(ChangeSet.ofGit(folder, "HEAD").changes())
        .containsExactly(new FileChange("a.jsonl.lock", 0, 2));
  }

  @Test
  void a_renamed_file_and_an_odd_name_are_found() throws Exception {
    git("mv", "old name.txt", "new => name.txt");
    write("\u00e4 \"q\"\ttab.txt", "x\ny\n");

    ChangeSet set = ChangeSet.ofGit(folder, "HEAD");

    assertThat(set.changes())
        .containsExactlyInAnyOrder(
            new FileChange("new => name.txt", 0, 0), new FileChange("\u00e4 \"q\"\ttab.txt", 1, 0));
    assertThat(set.movedFrom()).containsExactly("old name.txt");
  }

  @Test
  void ignored_files_count_unless_the_host_leaves_them_out() throws Exception {
    write(".gitignore", "build/\n");
    write("build/out.txt", "1\n");

    assertThat(ChangeSet.ofGit(folder, "HEAD").changes())
        .containsExactlyInAnyOrder(
            new FileChange(".gitignore", 1, 0), new FileChange("build/out.txt", 1, 0));
    assertThat(ChangeSet.ofGit(folder, "HEAD", path -> path.startsWith("build")).changes())
        .containsExactly(new FileChange(".gitignore", 1, 0));
  }

  /** As git init --ref-format=reftable leaves it, from git 2.45 on. */
  @Test
  void of_names_in_reftables_the_message_says_what_to_do_and_an_id_needs_none() throws Exception {
    String id = output("rev-parse", "HEAD").strip();
    write("keep.txt", "a\n");
    Path heads = folder.resolve(".git/refs/heads");
    Removal.delete(heads);
    Files.writeString(heads, "this repository uses the reftable format\n");
    write(".git/HEAD", "ref: refs/heads/.invalid\n");
    write(".git/reftable/tables.list", "0x000000000001-0x000000000002-3f1d.ref\n");

    assertThat(ChangeSet.commitOf(folder, id)).isEqualTo(id);
    assertThat(ChangeSet.ofGit(folder, id).changes())
        .containsExactly(new FileChange("keep.txt", 0, 2));
    for (String name : List.of("HEAD", "main")) {
      assertThatThrownBy(() -> ChangeSet.commitOf(folder, name))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("reftables")
          .hasMessageContaining("full id");
    }
    assertThatThrownBy(() -> ChangeSet.mergeBaseOf(folder, id)).hasMessageContaining("reftables");
    assertThatThrownBy(() -> ChangeSet.commitOf(folder, "1".repeat(40)))
        .hasMessageContaining("no revision");
  }

  @Test
  void a_repository_cannot_run_programs_by_its_configuration() throws Exception {
    Path witness = folder.resolve("witness");
    git("config", "diff.external", "touch " + witness + " #");
    git("config", "core.fsmonitor", "touch " + witness + " #");
    write("keep.txt", "a\n");

    assertThat(ChangeSet.ofGit(folder, "HEAD").changes()).hasSize(1);
    assertThat(witness).doesNotExist();
  }

  @Test
  void an_unknown_revision_and_an_option_are_refused() {
    assertThatThrownBy(() -> ChangeSet.ofGit(folder, "nowhere"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("revision");
    assertThatThrownBy(() -> ChangeSet.ofGit(folder, "--output=x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ChangeSet.ofGit(folder, ""))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_text_forms_of_git_agree_with_it() throws Exception {
    git("mv", "old name.txt", "new.txt");
    write("keep.txt", "a\nB\nc\nd\n");
    ChangeSet measured = ChangeSet.ofGit(folder, "HEAD");

    assertThat(ChangeSet.parse(output("diff", "-M", "HEAD")).touched())
        .containsExactlyInAnyOrderElementsOf(measured.touched());
    assertThat(ChangeSet.parse(output("diff", "-M", "--numstat", "-z", "HEAD")).touched())
        .containsExactlyInAnyOrderElementsOf(measured.touched());
  }

  private String output(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).directory(folder.toFile()).start();
    return new String(
        process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
  }
}
