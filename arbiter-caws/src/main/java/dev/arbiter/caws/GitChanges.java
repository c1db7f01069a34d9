/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.FileChange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the git command what changed. */
final class GitChanges {
  /*
   * The repository is not trusted: its configuration could name programs to run for a diff. So
   * external diffs, text conversions, file-system monitors and hooks are turned off on each call,
   * and nothing of the answer is read as anything but paths and counts. Untracked files count,
   * because leaving a file out of the index would otherwise leave it out of the budget.
   */
  private static final long MINUTE = 60;
  private static final int BUFFER = 64 * 1024;
  private static final int LARGEST_FILE = 64 << 20;

  private final Path folder;

  GitChanges(Path folder) {
    this.folder = folder;
  }

  ChangeSet since(String base) throws IOException {
    if (base.isEmpty() || base.startsWith("-")) {
      throw new IllegalArgumentException(
          "base must be a revision, got '" + Clean.text(base, 60) + "'");
    }
    Path root = Path.of(run("rev-parse", "--show-toplevel").stripTrailing());
    String commit = run("rev-parse", "--verify", "--quiet", "--end-of-options", base + "^{commit}");
    ChangeSet tracked =
        ChangeSet.ofNumstat(
            run(
                "-C",
                root.toString(),
                "diff",
                "--numstat",
                "-z",
                "-M",
                "--no-ext-diff",
                "--no-textconv",
                "--ignore-submodules=none",
                commit.strip(),
                "--"));
    List<FileChange> all = new ArrayList<>(tracked.changes());
    String untracked =
        run("-C", root.toString(), "ls-files", "--others", "--exclude-standard", "-z");
    for (String path : untracked.split("\0", -1)) {
      if (!path.isEmpty()) {
        all.add(new FileChange(path, linesOf(root.resolve(path)), 0));
      }
    }
    return new ChangeSet(all, tracked.movedFrom());
  }

  /** As git counts: line feeds, and a last line without one; a binary file has none. */
  private static int linesOf(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return 1;
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LARGEST_FILE);
    }
    int lines = 0;
    for (byte b : bytes) {
      if (b == 0) {
        return 0;
      }
      lines += b == '\n' ? 1 : 0;
    }
    return bytes.length > 0 && bytes[bytes.length - 1] != '\n' ? lines + 1 : lines;
  }

  private String run(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "core.quotePath=false",
                "--no-optional-locks"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    Process process = builder.start();
    var unused =
        process
            .onExit()
            .orTimeout(MINUTE, TimeUnit.SECONDS)
            .whenComplete((ended, late) -> stop(process, late != null));
    try {
      process.getOutputStream().close();
      byte[] answer = read(process);
      process.waitFor();
      if (process.exitValue() != 0) {
        throw new IOException(
            "git "
                + Clean.text(String.join(" ", arguments), 120)
                + " failed in "
                + folder
                + " (exit "
                + process.exitValue()
                + "); give a work tree and a revision it knows");
      }
      return new String(answer, StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while git ran", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static void stop(Process process, boolean late) {
    if (late) {
      process.destroyForcibly();
    }
  }

  private static byte[] read(Process process) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = process.getInputStream()) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        bytes.write(buffer, 0, count);
        if (bytes.size() > ChangeSet.MOST_CHARACTERS) {
          throw new IOException("git answers with more than " + ChangeSet.MOST_CHARACTERS);
        }
      }
    }
    return bytes.toByteArray();
  }
}
