/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A part of a Markdown file that a program writes, between two comments. */
public final class ResultsFile {
  private final Path file;
  private final String begin;
  private final String end;

  /**
   * Checks that the file has the part and can be written, before anything is measured for it.
   *
   * @param file to change
   * @param part its name; the comments are {@code <!-- name: begin -->} and {@code <!-- name: end
   *     -->}
   * @throws IllegalArgumentException if the file has no such comments, in this order, or cannot be
   *     read or written
   */
  public ResultsFile(Path file, String part) {
    this.file = file;
    this.begin = "<!-- " + part + ": begin -->";
    this.end = "<!-- " + part + ": end -->";
    String unused = with("");
    Program.requireWritable(file);
  }

  /**
   * {@return the part of the file after {@code --results}; null if there is no such option}
   *
   * @param arguments of a program
   * @param part as for the constructor
   */
  public static @Nullable ResultsFile of(Arguments arguments, String part) {
    Path file = arguments.file("--results");
    return file == null ? null : new ResultsFile(file, part);
  }

  /**
   * Replaces the part.
   *
   * @param text of the part
   * @throws IOException if the file cannot be written
   */
  public void write(String text) throws IOException {
    Files.writeString(file, with(text));
  }

  private String with(String text) {
    String all = Program.text(file);
    int from = all.indexOf(begin);
    int to = all.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          file + " has no place for this: add the lines " + begin + " and " + end);
    }
    return all.substring(0, from) + begin + "\n" + text + all.substring(to);
  }
}
