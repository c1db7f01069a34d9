/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.example.report.RunOptions.UnusableInput;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jgit.api.Git;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Repositories as others have them: other encodings, other line ends, libraries that are not here.
 */
class AnyRepositoryTest {
  @TempDir private Path dir;
  private Path repo;

  @BeforeEach
  void init() throws Exception {
    repo = dir.resolve("theirs");
    Git.init().setDirectory(repo.toFile()).call().close();
  }

  private void commit(String name, byte[] content) throws Exception {
    try (Git git = Git.open(repo.toFile())) {
      Path file = repo.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
      git.add().addFilepattern(".").call();
      git.commit().setMessage(name).setAuthor("me", "me@example.com").setSign(false).call();
    }
  }

  private void commit(String name, String content) throws Exception {
    commit(name, content.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void a_file_in_another_encoding_is_left_out_and_counted() throws Exception {
    commit("src/Old.java", "class Old { /* \u00e9 */ }\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> CodeBase.of(repo, dir.resolve("first")).close())
        .isInstanceOf(UnusableInput.class)
        .hasMessageContaining("no Java file in UTF-8, but 1 in another encoding");

    commit("src/New.java", "class New {}\n");
    try (CodeBase base = CodeBase.of(repo, dir.resolve("second"))) {
      assertThat(base.unread()).containsExactly("src/Old.java");
      assertThat(base.texts()).containsOnlyKeys("src/New.java");
    }
  }

  @Test
  void line_ends_of_a_file_stay_as_they_are() throws Exception {
    commit("src/A.java", "class A {\r\n  int a;\r\n}\r\n");

    Path file = dir.resolve("copy/src/A.java");
    try (CodeBase base = CodeBase.of(repo, dir.resolve("copy"))) {
      assertThat(base.text("src/A.java")).isEqualTo("class A {\n  int a;\n}\n");
      assertThat(CodeBase.withEndsOf(Files.readString(file), "class A {\n}\n"))
          .isEqualTo("class A {\r\n}\r\n");
    }
    HastyFixer.main(new String[] {"whitespace", dir.resolve("copy").toString()});
    assertThat(Files.readString(file)).isEqualTo("class A {\r\n  int a;\r\n}\r\n");
    HastyFixer.main(new String[] {"format-google", dir.resolve("copy").toString()});
    assertThat(Files.readString(file)).isEqualTo("class A {\r\n int a;\r\n}\r\n");
  }

  @Test
  void any_class_with_a_member_is_a_chore_even_if_its_libraries_are_lost() throws Exception {
    for (int i = 0; i < 9; i++) {
      commit(
          "src/C" + i + ".java",
          "package a;\n\nclass C" + i + " extends org.lost.Library {\n  int x = 1;\n}\n");
    }
    commit("src/Broken.java", "class Broken { int }\n");

    try (CodeBase base = CodeBase.of(repo, dir.resolve("copy"));
        Compiler compiler = new Compiler(base.classPath(), base.sourcePath())) {
      assertThat(ChoreFinder.ofAny(base, compiler).find(100, 1))
          .hasSize(9)
          .noneMatch(chore -> chore.path().equals("src/Broken.java"));
    }
  }

  @Test
  void what_cannot_be_cloned_is_one_line() throws Exception {
    Files.createDirectories(dir.resolve("odd/.git"));
    Files.writeString(dir.resolve("odd/.git/HEAD"), "nonsense");

    assertThatThrownBy(() -> CodeBase.of(dir.resolve("odd"), dir.resolve("copy")).close())
        .isInstanceOf(UnusableInput.class)
        .hasMessageContaining("odd cannot be cloned: ")
        .message()
        .hasLineCount(1);
  }
}
