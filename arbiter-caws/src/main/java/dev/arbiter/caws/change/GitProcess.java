/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Sanitizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs git in one repository.
 *
 * <p>Git runs without hooks, file-system monitors and replacements, and without the configuration
 * and attributes of the user and the machine. Each call is killed after five minutes.
 *
 * @param gitDir the repository
 */
record GitProcess(Path gitDir) {
  private static final long MINUTES = 5;
  private static final int BUFFER = 64 * 1024;
  private static final int LAST_WORDS = 300;
  private static final List<String> ALWAYS =
      List.of(
          "git",
          "-c",
          "core.hooksPath=/dev/null",
          "-c",
          "core.fsmonitor=false",
          "-c",
          "core.protectHFS=true",
          "-c",
          "core.protectNTFS=true",
          "-c",
          "user.name=arbiter",
          "-c",
          "user.email=arbiter@localhost",
          "-c",
          "gc.auto=0");

  /** Starts git; its errors are dropped. */
  Process start(String... arguments) throws IOException {
    return start(Redirect.PIPE, Redirect.PIPE, Redirect.DISCARD, arguments);
  }

  private Process start(Redirect input, Redirect output, Redirect errors, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(ALWAYS);
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(gitDir.toFile())
            .redirectInput(input)
            .redirectOutput(output)
            .redirectError(errors);
    var environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("GIT_"));
    environment.put("GIT_DIR", gitDir.toString());
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_ATTR_NOSYSTEM", "1");
    environment.put("GIT_NO_REPLACE_OBJECTS", "1");
    environment.put("GIT_NO_LAZY_FETCH", "1");
    environment.put("GIT_OPTIONAL_LOCKS", "0");
    environment.put("GIT_TERMINAL_PROMPT", "0");
    environment.put("HOME", gitDir.toString());
    environment.put("XDG_CONFIG_HOME", gitDir.toString());
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

  /** Runs git without input; what it printed in one line, null if it failed. */
  @Nullable String line(String... arguments) throws IOException {
    byte[] answer = ask(arguments);
    return answer == null ? null : new String(answer, StandardCharsets.UTF_8).strip();
  }

  /** Runs git without input, where failing is an error. */
  byte[] run(String... arguments) throws IOException {
    return feed(new byte[0], arguments);
  }

  /** Runs git with input, where failing is an error. Git reads all of it before it prints much. */
  byte[] feed(byte[] input, String... arguments) throws IOException {
    return checked(input, Redirect.PIPE, Redirect.PIPE, arguments);
  }

  /** Runs git with a file as its input, where failing is an error. */
  void from(Path input, String... arguments) throws IOException {
    checked(new byte[0], Redirect.from(input.toFile()), Redirect.PIPE, arguments);
  }

  /** Runs git with input, and its output goes into a file; failing is an error. */
  void into(Path output, byte[] input, String... arguments) throws IOException {
    checked(input, Redirect.PIPE, Redirect.to(output.toFile()), arguments);
  }

  private byte[] checked(byte[] input, Redirect from, Redirect to, String... arguments)
      throws IOException {
    Path errors = Files.createTempFile("arbiter-git", ".errors");
    try {
      Process process = start(from, to, Redirect.to(errors.toFile()), arguments);
      try {
        write(input, process);
        byte[] answer = read(process.getInputStream());
        if (end(process) != 0) {
          throw failed(errors, arguments);
        }
        return answer;
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.deleteIfExists(errors);
    }
  }

  private static void write(byte[] input, Process process) {
    try (OutputStream to = process.getOutputStream()) {
      to.write(input);
    } catch (IOException endedEarly) {
      return; // its exit code says so
    }
  }

  private IOException failed(Path errors, String... arguments) throws IOException {
    String said = Files.readString(errors, StandardCharsets.ISO_8859_1).strip();
    return new IOException(
        "git "
            + Sanitizer.text(String.join(" ", arguments), LAST_WORDS)
            + " failed in "
            + gitDir
            + ": "
            + Sanitizer.text(said.isEmpty() ? "it gave no reason" : said, LAST_WORDS)
            + "; is git 2.29 or newer installed?");
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
}
