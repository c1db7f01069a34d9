/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A Markdown file with parts that programs write, each between two comments. */
final class ResultsFile {
  private ResultsFile() {}

  /**
   * Replaces one part.
   *
   * @param file to change
   * @param part its name; the comments are {@code <!-- name: begin -->} and {@code <!-- name: end
   *     -->}
   * @param text of the part
   * @throws IllegalArgumentException if the file has no such comments, in this order
   */
  static void write(Path file, String part, String text) throws IOException {
    String begin = "<!-- " + part + ": begin -->";
    String end = "<!-- " + part + ": end -->";
    String all = Files.readString(file);
    int from = all.indexOf(begin);
    int to = all.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalArgumentException(
          file + " has no part '" + part + "': add the lines " + begin + " and " + end);
    }
    Files.writeString(file, all.substring(0, from) + begin + "\n" + text + all.substring(to));
  }
}
