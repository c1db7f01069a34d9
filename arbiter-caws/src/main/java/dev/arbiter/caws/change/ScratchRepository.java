/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A bare repository of our own in a temporary folder, which may borrow the objects of another.
 *
 * <p>Git runs here without the other's configuration, attributes, index, hooks, replacements and
 * remotes, and without those of the user and the machine. Closing deletes the folder.
 */
final class ScratchRepository implements Closeable {
  private final Path folder;
  private final GitProcess git;

  /**
   * Makes the repository in a temporary folder.
   *
   * @param sha256 whether ids have 64 digits instead of 40
   * @param borrowed folders of objects to read from, none to start empty
   */
  ScratchRepository(boolean sha256, List<Path> borrowed) throws IOException {
    this(Files.createTempDirectory("arbiter-git"), sha256, borrowed);
  }

  /**
   * Makes the repository in a folder of the caller's.
   *
   * @param folder which is there and empty
   * @param sha256 as above
   * @param borrowed as above
   */
  ScratchRepository(Path folder, boolean sha256, List<Path> borrowed) throws IOException {
    this.folder = folder;
    this.git = new GitProcess(folder);
    try {
      make(sha256);
      borrow(folder, borrowed);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /* As git init does, without a process. */
  private void make(boolean sha256) throws IOException {
    Files.createDirectories(folder.resolve("objects/info"));
    Files.createDirectories(folder.resolve("refs/heads"));
    Files.writeString(folder.resolve("HEAD"), "ref: refs/heads/main\n");
    Files.writeString(
        folder.resolve("config"),
        sha256
            ? "[core]\nrepositoryformatversion = 1\nbare = true\n[extensions]\nobjectformat = sha256\n"
            : "[core]\nrepositoryformatversion = 0\nbare = true\n");
  }

  /** The option of {@code git init} for the form of ids. */
  static String format(boolean sha256) {
    return "--object-format=" + (sha256 ? "sha256" : "sha1");
  }

  /** Lets a repository read the objects of others. */
  static void borrow(Path gitDir, List<Path> borrowed) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (Path objects : borrowed) {
      String line = objects.toRealPath().toString();
      if (line.indexOf('\n') >= 0) {
        throw new IOException("the repository's path holds a line feed");
      }
      lines.append(line).append('\n');
    }
    Files.createDirectories(gitDir.resolve("objects/info"));
    Files.writeString(gitDir.resolve("objects/info/alternates"), lines);
  }

  Path folder() {
    return folder;
  }

  GitProcess git() {
    return git;
  }

  /** Starts git, as {@link GitProcess#start}. */
  Process start(String... arguments) throws IOException {
    return git.start(arguments);
  }

  /** Runs git without input, as {@link GitProcess#ask}. */
  byte @Nullable [] ask(String... arguments) throws IOException {
    return git.ask(arguments);
  }

  /** Runs git without input, where failing is an error. */
  byte[] run(String... arguments) throws IOException {
    return git.run(arguments);
  }

  /** Waits for a process that has been told all, and gives its exit code. */
  static int end(Process process) throws IOException {
    return GitProcess.end(process);
  }

  /** Writes a line of a protocol. */
  static void line(OutputStream to, String line) throws IOException {
    to.write(line.getBytes(StandardCharsets.UTF_8));
    to.write('\n');
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException e)
              throws IOException {
            Files.delete(dir);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
