/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** The files of one run of a command, in a folder that goes with it: its payload and its output. */
final class ProcessFiles implements Closeable {
  private final Path folder;
  private final Path task;
  private final Path input;
  private final Path output;

  /* Opened before the command runs, which can put a pipe or a link in the file's place. */
  private final RandomAccessFile written;

  ProcessFiles() throws IOException {
    this.folder = Files.createTempDirectory("arbiter-agent");
    this.task = folder.resolve("task");
    this.input = folder.resolve("input");
    this.output = Files.createFile(folder.resolve("output"));
    this.written = new RandomAccessFile(output.toFile(), "r");
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

  long written() throws IOException {
    return written.length();
  }

  /** The first bytes of the output. */
  String output(int most) throws IOException {
    return text(0, most);
  }

  /** The last characters of the output, one line of them or many. */
  String lastWords(int most) throws IOException {
    String text = text(Math.max(0, written.length() - 4L * most), 4 * most).strip();
    return text.isEmpty() ? "(none)" : text.substring(Math.max(0, text.length() - most));
  }

  private String text(long from, int most) throws IOException {
    byte[] bytes = new byte[(int) Math.min(most, written.length() - from)];
    written.seek(from);
    written.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Deletes the folder with all that the command put there; what cannot be deleted stays. */
  @Override
  public void close() throws IOException {
    written.close();
    Files.walkFileTree(folder, new Deletion());
  }

  /** Goes on after a failure: the command may have removed or closed a folder. */
  private static final class Deletion extends SimpleFileVisitor<Path> {
    private static FileVisitResult delete(Path path) {
      path.toFile().delete();
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      return delete(file);
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException problem) {
      return delete(file);
    }

    @Override
    public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException problem) {
      return delete(dir);
    }
  }
}
