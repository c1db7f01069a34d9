/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.FileChange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeSetTest {
  private static final String DIFF =
      """
      diff --git a/src/Main.java b/src/Main.java
      index 1111111..2222222 100644
      --- a/src/Main.java
      +++ b/src/Main.java
      @@ -1,3 +1,4 @@ class Main
       a
      -b
      +c
      +d
       e
      @@ -9 +10,0 @@
      -z
      \\ No newline at end of file
      """;

  @Test
  void numstat_gives_files_and_lines() {
    ChangeSet set = ChangeSet.ofNumstat("3\t1\tsrc/A.java\n0\t7\tdocs/b.md\r\n\n");

    assertThat(set.changes())
        .containsExactly(new FileChange("src/A.java", 3, 1), new FileChange("docs/b.md", 0, 7));
    assertThat(set.files()).isEqualTo(2);
    assertThat(set.lines()).isEqualTo(11);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/{old => new}/a.java",
        "{old => new}/a.java",
        "src/{ => deep}/a.java",
        "a.java => b.java", // a move, or one file of that name: the text is the same
        "\"a\\tb\" => c",
        "\"a\\tb\" => \"c\\td\"",
      })
  void a_move_without_zeros_is_refused_as_a_name_can_look_like_it(String shown) {
    assertThatThrownBy(() -> ChangeSet.ofNumstat("1\t0\tx\n2\t1\t" + shown + "\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("line 2 of the changes: '")
        .hasMessageEndingWith("is a move, or one name; use git diff --numstat -z");
  }

  @Test
  void a_renamed_file_is_one_change_and_its_old_path_is_kept() {
    ChangeSet set = ChangeSet.ofNumstat("2\t1\t\0src/old/a.java\0src/new/a.java\0");

    assertThat(set.changes()).containsExactly(new FileChange("src/new/a.java", 2, 1));
    assertThat(set.movedFrom()).containsExactly("src/old/a.java");
    assertThat(set.touched())
        .extracting(FileChange::path)
        .containsExactly("src/new/a.java", "src/old/a.java");
  }

  @Test
  void the_form_with_zeros_takes_paths_as_they_are() {
    ChangeSet set =
        ChangeSet.ofNumstat("1\t0\ta => b\0002\t0\t\0old\tname\0new\nname\0005\t5\t\"q\"\0");

    assertThat(set.changes())
        .containsExactly(
            new FileChange("a => b", 1, 0),
            new FileChange("new\nname", 2, 0),
            new FileChange("\"q\"", 5, 5));
    assertThat(set.movedFrom()).containsExactly("old\tname");
  }

  @Test
  void quoted_paths_are_unquoted_as_bytes_of_utf_8() {
    assertThat(ChangeSet.ofNumstat("1\t0\t\"src/\\303\\244 \\\"x\\\"\\t.java\"\n").changes())
        .containsExactly(new FileChange("src/\u00e4 \"x\"\t.java", 1, 0));
    assertThatThrownBy(() -> ChangeSet.ofNumstat("1\t0\t\"src/\\q\"\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("escape");
  }

  @Test
  void a_file_named_twice_counts_once() {
    ChangeSet set = ChangeSet.ofNumstat("1\t2\ta\n3\t4\ta\n");

    assertThat(set.changes()).containsExactly(new FileChange("a", 4, 6));
    assertThat(
            new ChangeSet(List.of(new FileChange("a", 1, 0), new FileChange("a", 1, 0)), List.of()))
        .isEqualTo(ChangeSet.ofNumstat("2\t0\ta\n"));
  }

  @Test
  void lines_do_not_overflow() {
    String most = Integer.toString(Integer.MAX_VALUE);
    ChangeSet set = ChangeSet.ofNumstat(most + "\t" + most + "\ta\n" + most + "\t0\tb\n");

    assertThat(set.lines()).isEqualTo(3L * Integer.MAX_VALUE);
    assertThatThrownBy(() -> ChangeSet.ofNumstat(most + "\t0\ta\n1\t0\ta\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("which no file has");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1\t2\n",
        "1 2 a\n",
        "x\t2\ta\n",
        "1\t-2\ta\n",
        "99999999999\t0\ta\n",
        "1\t2\t\n",
        "1\t0\t\0old\n",
        "1\t0\t => new\n",
        "1\t0\t\0\0new\0"
      })
  void what_is_no_numstat_is_refused_with_its_line(String text) {
    assertThatThrownBy(() -> ChangeSet.ofNumstat(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_diff_gives_files_and_lines() {
    assertThat(ChangeSet.ofDiff(DIFF).changes())
        .containsExactly(new FileChange("src/Main.java", 2, 2));
    assertThat(ChangeSet.parse(DIFF)).isEqualTo(ChangeSet.parse("2\t2\tsrc/Main.java"));
  }

  @Test
  void a_diff_without_git_headers_is_read_as_well() {
    String diff = "--- old/a.c\t2026-01-01\n+++ new/a.c\t2026-01-02\n@@ -1 +1 @@\n-x\n+y\n";

    ChangeSet set = ChangeSet.ofDiff(diff + "--- /dev/null\n+++ b.c\n@@ -0,0 +1 @@\n+n\n");

    assertThat(set.changes())
        .containsExactly(new FileChange("new/a.c", 1, 1), new FileChange("b.c", 1, 0));
    assertThat(set.movedFrom()).containsExactly("old/a.c");
  }

  @Test
  void renames_modes_and_deletions_are_changes() {
    String diff =
        """
        diff --git a/old name b/new name
        similarity index 100%
        rename from old name
        rename to new name
        diff --git a/run.sh b/run.sh
        old mode 100644
        new mode 100755
        diff --git a/gone b/gone
        deleted file mode 100644
        --- a/gone
        +++ /dev/null
        @@ -1,2 +0,0 @@
        -a
        -b
        diff --git "a/\\303\\244" "b/\\303\\244"
        new file mode 100644
        index 0000000..e69de29
        """;

    ChangeSet set = ChangeSet.ofDiff(diff);

    assertThat(set.changes())
        .containsExactly(
            new FileChange("new name", 0, 0),
            new FileChange("run.sh", 0, 0),
            new FileChange("gone", 0, 2),
            new FileChange("\u00e4", 0, 0));
    assertThat(set.movedFrom()).containsExactly("old name");
  }

  @Test
  void a_removed_line_cannot_pretend_to_be_a_file_header() {
    String diff =
        """
        diff --git a/x.sql b/x.sql
        --- a/x.sql
        +++ b/x.sql
        @@ -1,2 +1,2 @@
        --- a/.git/config
        -y
        +++ b/harmless
        +z
        """;

    assertThat(ChangeSet.ofDiff(diff).changes()).containsExactly(new FileChange("x.sql", 2, 2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-a\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n a\n+b\n*\n@@ -1,1 +1,0 @@\n+\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ nonsense @@\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,9999999999 +1 @@\n",
        "--- \t.txt\n+++ x.txt\n@@ -0,0 +1 @@\n+b\n"
      })
  void a_diff_that_does_not_add_up_is_refused(String diff) {
    assertThatThrownBy(() -> ChangeSet.ofDiff(diff)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-\t-\tlogo.png\n",
        "-\t-\t\0old.png\0logo.png\0",
        "diff --git a/logo.png b/logo.png\nBinary files a/logo.png and b/logo.png differ\n",
        "diff --git a/logo.png b/logo.png\nGIT binary patch\nliteral 9\nQc${NkAXUK\n",
        "diff -r a/logo.png b/logo.png\nBinary files a/logo.png and b/logo.png differ\n",
      })
  void binary_content_without_bytes_is_refused_and_says_what_to_do(String text) {
    assertThatThrownBy(() -> ChangeSet.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("binary")
        .hasMessageContaining("git diff --text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        diff --cc src/A.java
        index 1,2..3
        --- a/src/A.java
        +++ b/src/A.java
        @@@ -1,1 -1,1 +1,2 @@@
        ++x
        """,
        "diff --combined src/A.java\n",
        "Submodule vendor 1111111..2222222:\n  > more\n",
        """
        diff --git a/vendor b/vendor
        index 1111111..2222222 160000
        --- a/vendor
        +++ b/vendor
        @@ -1 +1 @@
        -Subproject commit 1
        +Subproject commit 2
        """,
        "diff --git a/vendor b/vendor\nnew file mode 160000\nindex 0000000..2222222\n",
        "Only in b: secret.java\n",
        "commit 1111111\nAuthor: a\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+c\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@@ -1 -1 +1 @@@\n",
        "diff --git a/x b/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
        "--- a/x\n+++ b/x\nsomething\n@@ -1 +1 @@\n-a\n+b\n",
        "diff --git old-x new-x\n--- old-x\n+++ new-x\n@@ -1 +1 @@\n-a\n+b\n",
        "@@ -1 +1 @@\n-a\n+b\n",
        "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n  [-a-]{+b+}\n c\n", // words
        "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n", // cut off
        "diff --git a/x b/x\nindex 1..2 100644\n",
        "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..2222222\n",
        "\u001b[1mdiff --git a/x b/x\u001b[m\n",
        " x | 2 +-\n 1 file changed\n\ndiff --git a/x b/x\n",
        "Index: x\n=====\n--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n",
        "*** a/x\n--- b/x\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
        "1c1\n< a\n---\n> b\n",
      })
  void a_line_that_is_not_known_ends_the_reading_and_is_named(String diff) {
    assertThatThrownBy(() -> ChangeSet.ofDiff(diff))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("(?s)line \\d+ of the diff: .+");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "i/src/A.java|w/src/A.java|src/A.java", // diff.mnemonicPrefix
        "c/src/A.java|i/src/A.java|src/A.java",
        "b/src/A.java|a/src/A.java|src/A.java", // diff -R
        "1/src/A.java|2/src/A.java|src/A.java",
        "src/A.java|src/A.java|src/A.java", // diff.noprefix
        "a/A.java|a/A.java|a/A.java", // a folder named a
        "w/w/A.java|w/w/A.java|w/w/A.java",
        "a/sp ace/a b.txt|b/sp ace/a b.txt|sp ace/a b.txt",
        "\"a/sp ace/\\303\\244\\t.txt\"|\"b/sp ace/\\303\\244\\t.txt\"|sp ace/\u00e4\t.txt",
      })
  void a_prefix_is_taken_off_where_the_header_proves_it(String old, String fresh, String name) {
    String header = "diff --git " + old + " " + fresh + "\n";
    String hunk = "@@ -1 +1 @@\n-a\n+b\n";

    assertThat(ChangeSet.ofDiff(header + "--- " + old + "\n+++ " + fresh + "\n" + hunk).changes())
        .containsExactly(new FileChange(name, 1, 1));
    assertThat(
            ChangeSet.ofDiff(
                    header
                        + "deleted file mode 100644\n--- "
                        + old
                        + "\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
                .changes())
        .containsExactly(new FileChange(name, 0, 1));
    assertThat(ChangeSet.ofDiff(header + "old mode 100644\nnew mode 100755\n").changes())
        .containsExactly(new FileChange(name, 0, 0));
  }

  @Test
  void a_prefix_that_nothing_proves_stays() {
    assertThat(ChangeSet.ofDiff("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+n\n").changes())
        .containsExactly(new FileChange("b/x", 1, 0));
  }

  @Test
  void a_mark_before_the_text_is_skipped_and_content_is_bytes() throws Exception {
    String diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+\u00e9\0\rb\n";
    FileChange expected = new FileChange("x", 2, 1);

    assertThat(ChangeSet.parse("\ufeff" + diff).changes()).containsExactly(expected);
    assertThat(ChangeSet.parse("\ufeff1\t0\tx\n").changes())
        .containsExactly(new FileChange("x", 1, 0));
    assertThat(ChangeSet.parse(diff.getBytes(StandardCharsets.ISO_8859_1)).changes())
        .containsExactly(expected);
  }

  @Test
  void the_wide_text_of_powershell_is_refused_by_name() {
    assertThatThrownBy(() -> ChangeSet.parse(("\ufeff" + DIFF).getBytes(StandardCharsets.UTF_16LE)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("UTF-16")
        .hasMessageContaining("git diff --output=FILE");
  }

  @Test
  void a_return_at_the_end_of_a_name_between_zeros_is_part_of_it() {
    assertThat(ChangeSet.ofNumstat("1\t0\ta\0001\t0\ta\r\0").files()).isEqualTo(2);
  }

  @Test
  void names_that_are_no_utf8_stay_apart() {
    assertThat(ChangeSet.ofNumstat("1\t0\t\"\\351\"\n1\t0\t\"\\352\"\n").changes())
        .extracting(FileChange::path)
        .containsExactly("\\xE9", "\\xEA");
  }

  @Test
  void nothing_is_no_change() {
    assertThat(ChangeSet.parse(" \n")).isEqualTo(ChangeSet.none());
  }

  @Test
  @Tag("many")
  void damaged_diffs_are_read_or_refused_and_nothing_else() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder damaged = new StringBuilder(DIFF);
      for (int j = 0; j < 3; j++) {
        damaged.setCharAt(
            random.nextInt(damaged.length()), "+- @\n\t\0\"\\a,19".charAt(random.nextInt(13)));
      }
      try {
        assertThat(ChangeSet.parse(damaged.toString()).files()).isBetween(0, 20);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining(" ");
      }
    }
  }
}
