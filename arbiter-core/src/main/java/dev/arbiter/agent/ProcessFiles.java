/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of one run of a command, in a folder that goes with it: its payload and its output. */
final class ProcessFiles implements Closeable {
  private final Path folder;
  private final Path task;
  private final Path input;
  private final Path output;

  ProcessFiles() throws IOException {
    this.folder = Files.createTempDirectory("arbiter-agent");
    this.task = folder.resolve("task");
    this.input = folder.resolve("input");
    this.output = folder.resolve("output");
  }

  /** A file with the payload in UTF-8. */
  Path payload(String payload) throws IOException {
    return Files.writeString(task, payload, StandardCharsets.UTF_8);
  }

  /** A file with what standard input is to hold. */
  File input(String text) throws IOException {
    return Files.writeString(input, text, StandardCharsets.UTF_8).toFile();
  }

  File output() {
    return output.toFile();
  }

  long written() {
    return output.toFile().length();
  }

  /** The first bytes of the output. */
  String output(int most) throws IOException {
    if (!Files.exists(output)) {
      return "";
    }
    try (var in = Files.newInputStream(output)) {
      return new String(in.readNBytes(most), StandardCharsets.UTF_8);
    }
  }

  /** The last bytes of the output, one line of them or many. */
  String lastWords(int most) throws IOException {
    if (!Files.exists(output)) {
      return "(none)";
    }
    try (var file = Files.newByteChannel(output)) {
      long from = Math.max(0, file.size() - 4L * most);
      file.position(from);
      var bytes = ByteBuffer.allocate(4 * most);
      while (bytes.hasRemaining() && file.read(bytes) >= 0) {
        // reads on
      }
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? "(none)" : text.substring(Math.max(0, text.length() - most));
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(task);
    Files.deleteIfExists(input);
    Files.deleteIfExists(output);
    Files.deleteIfExists(folder);
  }
}
