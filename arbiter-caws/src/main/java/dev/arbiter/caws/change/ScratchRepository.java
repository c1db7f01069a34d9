/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A bare repository of our own in a temporary folder, which may borrow the objects of another.
 *
 * <p>Git runs here without the other's configuration, attributes, index, hooks, replacements and
 * remotes, and without those of the user and the machine. Closing deletes the folder.
 */
final class ScratchRepository implements Closeable {
  private static final long MINUTES = 5;
  private static final int BUFFER = 64 * 1024;

  private final Path folder;

  /**
   * Makes the repository.
   *
   * @param sha256 whether ids have 64 digits instead of 40
   * @param borrowed folders of objects to read from, none to start empty
   */
  ScratchRepository(boolean sha256, List<Path> borrowed) throws IOException {
    this.folder = Files.createTempDirectory("arbiter-git");
    try {
      run(
          "init",
          "--bare",
          "--quiet",
          "--template=",
          "--object-format=" + (sha256 ? "sha256" : "sha1"));
      StringBuilder lines = new StringBuilder();
      for (Path objects : borrowed) {
        String line = objects.toRealPath().toString();
        if (line.indexOf('\n') >= 0) {
          throw new IOException("the repository's path holds a line feed");
        }
        lines.append(line).append('\n');
      }
      Files.createDirectories(folder.resolve("objects/info"));
      Files.writeString(folder.resolve("objects/info/alternates"), lines);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  Path folder() {
    return folder;
  }

  /** Starts git; it is killed after five minutes. */
  Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("GIT_"));
    environment.put("GIT_DIR", folder.toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_ATTR_NOSYSTEM", "1");
    environment.put("GIT_NO_REPLACE_OBJECTS", "1");
    environment.put("GIT_NO_LAZY_FETCH", "1");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("HOME", folder.toString());
    environment.put("XDG_CONFIG_HOME", folder.toString());
    environment.put("LC_ALL", "C");
    Process process = builder.start();
    var unused =
        process
            .onExit()
            .orTimeout(MINUTES, TimeUnit.MINUTES)
            .whenComplete((ended, late) -> stop(process, late));
    return process;
  }

  private static void stop(Process process, @Nullable Throwable late) {
    if (late != null) {
      process.destroyForcibly();
    }
  }

  /**
   * Runs git without input.
   *
   * @return what it printed, null if it failed
   */
  byte @Nullable [] ask(String... arguments) throws IOException {
    Process process = start(arguments);
    try {
      process.getOutputStream().close();
      byte[] answer = read(process.getInputStream());
      return end(process) == 0 ? answer : null;
    } finally {
      process.destroyForcibly();
    }
  }

  /** Runs git without input, where failing is an error. */
  byte[] run(String... arguments) throws IOException {
    byte[] answer = ask(arguments);
    if (answer == null) {
      throw new IOException("git " + arguments[0] + " failed; is git 2.29 or newer installed?");
    }
    return answer;
  }

  /** Waits for a process that has been told all, and gives its exit code. */
  static int end(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while git ran", e);
    }
  }

  private static byte[] read(InputStream in) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      bytes.write(buffer, 0, count);
      if (bytes.size() > ChangeSet.MOST_CHARACTERS) {
        throw new IOException("git answers with more than " + ChangeSet.MOST_CHARACTERS + " bytes");
      }
    }
    return bytes.toByteArray();
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
