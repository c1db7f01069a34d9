/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The files of one run, written here as a command would write them. */
class ProcessFilesTest {
  private static void write(File file, String text) throws IOException {
    Files.writeString(file.toPath(), text, StandardCharsets.UTF_8);
  }

  private static Path folder(ProcessFiles files) {
    return Objects.requireNonNull(files.output().toPath().getParent());
  }

  @Test
  void payload_and_input_are_files_of_their_own_in_utf_8() throws Exception {
    try (ProcessFiles files = new ProcessFiles()) {
      assertThat(files.payload("\u00e4\u20ac")).hasBinaryContent(bytes("\u00e4\u20ac"));
      assertThat(files.input("\ud83d\ude80")).hasBinaryContent(bytes("\ud83d\ude80"));
      assertThat(files.payload("")).isEmptyFile();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void the_output_is_read_up_to_its_limit() throws Exception {
    try (ProcessFiles files = new ProcessFiles()) {
      assertThat(files.written()).isZero();
      assertThat(files.output(10)).isEmpty();

      write(files.output(), "0123456789");

      assertThat(files.written()).isEqualTo(10);
      assertThat(files.output(9)).isEqualTo("012345678");
      assertThat(files.output(10)).isEqualTo("0123456789");
      assertThat(files.output(11)).isEqualTo("0123456789");
      assertThat(files.output(3)).as("from the start, again").isEqualTo("012");
    }
  }

  @Test
  void the_last_words_are_the_end_of_the_output_without_blanks_around() throws Exception {
    try (ProcessFiles files = new ProcessFiles()) {
      assertThat(files.lastWords(5)).isEqualTo("(none)");
      write(files.output(), " \n\n");
      assertThat(files.lastWords(5)).isEqualTo("(none)");
      write(files.output(), "\nabcde \n");
      assertThat(files.lastWords(5)).isEqualTo("abcde");
      assertThat(files.lastWords(6)).isEqualTo("abcde");
      assertThat(files.lastWords(2)).isEqualTo("de");
    }
  }

  /** Four bytes are enough for any character. */
  @Test
  void the_last_words_have_as_many_characters_as_asked_for_whatever_their_bytes() throws Exception {
    try (ProcessFiles files = new ProcessFiles()) {
      write(files.output(), "x".repeat(100) + "\u20ac".repeat(5));

      assertThat(files.lastWords(5)).isEqualTo("\u20ac".repeat(5));
      assertThat(files.lastWords(6)).isEqualTo("x" + "\u20ac".repeat(5));
    }
  }

  @Test
  void the_folder_goes_with_all_that_the_command_put_there() throws Exception {
    Path folder;
    try (ProcessFiles files = new ProcessFiles()) {
      folder = folder(files);
      Path below = Files.createDirectories(folder.resolve("a").resolve("b"));
      Files.writeString(below.resolve("c"), "x");
      assertThat(files.payload("x")).exists();
      assertThat(folder).isDirectory();
    }

    assertThat(folder).doesNotExist();
  }

  @Test
  void what_a_link_in_the_folder_points_to_stays() throws Exception {
    Path mine = Files.createTempFile("mine", ".txt");
    Path folder;
    try (ProcessFiles files = new ProcessFiles()) {
      folder = folder(files);
      Files.createSymbolicLink(folder.resolve("link"), mine);
    }

    assertThat(folder).doesNotExist();
    assertThat(mine).exists();
    Files.delete(mine);
  }

  @Test
  void a_folder_that_the_command_removed_is_no_failure() throws Exception {
    Path folder;
    try (ProcessFiles files = new ProcessFiles()) {
      folder = folder(files);
      Files.delete(files.output().toPath());
      Files.delete(folder);
    }

    assertThat(folder).doesNotExist();
  }

  @Test
  void two_runs_have_two_folders() throws Exception {
    try (ProcessFiles one = new ProcessFiles();
        ProcessFiles other = new ProcessFiles()) {
      assertThat(folder(one)).isNotEqualTo(folder(other));
      write(one.output(), "mine");
      assertThat(other.output(9)).isEmpty();
    }
  }
}
