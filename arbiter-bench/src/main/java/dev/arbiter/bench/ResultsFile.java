/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A part of a Markdown file that a program writes, between two comments. */
public final class ResultsFile {
  private final Path file;
  private final String begin;
  private final String end;

  /**
   * Checks that the file has the part, before anything is measured for it.
   *
   * @param file to change
   * @param part its name; the comments are {@code <!-- name: begin -->} and {@code <!-- name: end
   *     -->}
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if the file has no such comments, in this order
   */
  public ResultsFile(Path file, String part) throws IOException {
    this.file = file;
    this.begin = "<!-- " + part + ": begin -->";
    this.end = "<!-- " + part + ": end -->";
    String unused = with("");
  }

  /**
   * {@return the part of the file after {@code --results}; null if there is no such option}
   *
   * @param arguments of a program
   * @param part as for the constructor
   * @throws IOException as of the constructor
   */
  public static @Nullable ResultsFile of(List<String> arguments, String part) throws IOException {
    int option = arguments.indexOf("--results");
    if (option < 0) {
      return null;
    }
    if (option + 1 == arguments.size()) {
      throw new IllegalArgumentException("--results needs a file");
    }
    return new ResultsFile(Path.of(arguments.get(option + 1)), part);
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

  private String with(String text) throws IOException {
    String all = Files.readString(file);
    int from = all.indexOf(begin);
    int to = all.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          file + " has no place for this: add the lines " + begin + " and " + end);
    }
    return all.substring(0, from) + begin + "\n" + text + all.substring(to);
  }
}
