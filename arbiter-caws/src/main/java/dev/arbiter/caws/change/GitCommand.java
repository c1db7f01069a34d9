/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Sanitizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Runs the git command in a folder. */
final class GitCommand {
  /*
   * The repository is not trusted: its configuration could name programs to run. So file-system
   * monitors and hooks are turned off on each call, and variables named GIT_* are not handed on. An
   * object that is not there is not fetched, for that runs a program too; no protocol is allowed,
   * because a git before 2.45 does not know the other variable. An object is read under its own id,
   * whatever the repository has in its place.
   */
  private static final List<String> ALWAYS =
      List.of(
          "git",
          "-c",
          "core.fsmonitor=false",
          "-c",
          "core.hooksPath=/dev/null",
          "-c",
          "core.quotePath=false",
          "--no-optional-locks",
          "--no-replace-objects");
  private static final long MINUTE = 60;
  private static final int BUFFER = 64 * 1024;

  private final Path folder;

  GitCommand(Path folder) {
    this.folder = folder;
  }

  /** Exit code and output of git. */
  record Answer(int exit, String text) {}

  /**
   * Runs git.
   *
   * @return its output
   * @throws IOException if it cannot be run, fails, prints too much or takes more than a minute
   */
  String run(String... arguments) throws IOException {
    Answer answer = ask(arguments);
    if (answer.exit() != 0) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "git %s failed in %s (exit %s); give a work tree and a revision it knows",
              Sanitizer.text(String.join(" ", arguments), 120),
              folder,
              answer.exit()));
    }
    return answer.text();
  }

  /** Runs git where a failure is an answer. */
  Answer ask(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(ALWAYS);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_NO_LAZY_FETCH", "1");
    builder.environment().put("GIT_ALLOW_PROTOCOL", "none");
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
      return new Answer(process.exitValue(), new String(answer, StandardCharsets.UTF_8));
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
