/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Runs a command in a work tree as an agent: any coding agent that has a command line.
 *
 * <p>In the words of the command, {@code {task}} becomes the payload of the task, {@code {dir}} the
 * work tree, {@code {id}} and {@code {type}} those of the task. No shell is involved, so a payload
 * cannot become a command. Standard input is empty; standard output and standard error together are
 * the report's output.
 *
 * <p>The attempt fails if the command exceeds its time limit or the output limit, or ends with an
 * exit code that does not mean success. A failed or interrupted command is killed together with all
 * processes that it started.
 */
public final class ProcessAgent implements Agent {
  /** Most bytes of output, unless set otherwise. */
  public static final int DEFAULT_OUTPUT_LIMIT = 1 << 20;

  /* A process that the command started may keep the output open; then reading stops after this. */
  private static final long READ_REST_MILLIS = 1_000;

  private final List<String> command;
  private final Function<Assignment, Path> directory;
  private final Map<String, String> environment;
  private final int outputLimit;
  private final Set<Integer> successCodes;

  private ProcessAgent(Builder builder) {
    this.command = builder.command;
    this.directory = builder.directory;
    this.environment = Map.copyOf(builder.environment);
    this.outputLimit = builder.outputLimit;
    this.successCodes = builder.successCodes;
  }

  /**
   * {@return a builder of an agent that runs a command}
   *
   * @param command the program and its arguments, with placeholders
   */
  public static Builder builder(String... command) {
    return builder(List.of(command));
  }

  /**
   * {@return a builder of an agent that runs a command}
   *
   * @param command the program and its arguments, with placeholders
   * @throws IllegalArgumentException if there is no program
   */
  public static Builder builder(List<String> command) {
    return new Builder(command);
  }

  @Override
  public WorkReport run(Assignment assignment) throws IOException, InterruptedException {
    Path dir = directory.apply(assignment);
    Process process = start(assignment, dir);
    CappedOutput output = new CappedOutput(process, outputLimit);
    try {
      process.getOutputStream().close();
      Thread reader = new Thread(output, "arbiter-output-" + assignment.agent());
      reader.setDaemon(true);
      reader.start();
      if (!process.waitFor(
          TimeUnit.NANOSECONDS.convert(assignment.timeLimit()), TimeUnit.NANOSECONDS)) {
        kill(process);
        reader.join(READ_REST_MILLIS);
        throw failure(assignment, "took longer than " + assignment.timeLimit(), output);
      }
      reader.join(READ_REST_MILLIS);
      if (output.overflowed()) {
        throw failure(assignment, "wrote more than " + outputLimit + " bytes", output);
      }
      if (!successCodes.contains(process.exitValue())) {
        throw failure(assignment, "ended with exit code " + process.exitValue(), output);
      }
      return WorkReport.of(output.text());
    } finally {
      kill(process);
    }
  }

  private Process start(Assignment assignment, Path dir) throws IOException {
    List<String> words = new ArrayList<>(command.size());
    for (String word : command) {
      words.add(
          fill(
              word,
              Map.of(
                  "task", assignment.task().payload(),
                  "dir", dir.toString(),
                  "id", assignment.task().id(),
                  "type", assignment.task().type())));
    }
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.directory(dir.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Fills {@code {name}} in one word of a command, in one pass: values are not filled again. */
  static String fill(String word, Map<String, String> values) {
    StringBuilder filled = new StringBuilder(word.length());
    int at = 0;
    while (at < word.length()) {
      int open = word.indexOf('{', at);
      int close = open < 0 ? -1 : word.indexOf('}', open);
      String value = close < 0 ? null : values.get(word.substring(open + 1, close));
      if (value == null) {
        int next = open < 0 ? word.length() : open + 1;
        filled.append(word, at, next);
        at = next;
      } else {
        filled.append(word, at, open).append(value);
        at = close + 1;
      }
    }
    return filled.toString();
  }

  private IOException failure(Assignment assignment, String what, CappedOutput output) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "command '%s' of agent '%s' %s; its last words: %s",
            command.get(0),
            assignment.agent(),
            what,
            output.lastWords()));
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Builds a {@link ProcessAgent}; not thread-safe. */
  public static final class Builder {
    private final List<String> command;
    private final Map<String, String> environment = new TreeMap<>();
    private Function<Assignment, Path> directory = assignment -> Path.of("");
    private int outputLimit = DEFAULT_OUTPUT_LIMIT;
    private Set<Integer> successCodes = Set.of(0);

    private Builder(List<String> command) {
      if (command.isEmpty() || command.get(0).isBlank()) {
        throw new IllegalArgumentException(
            "a process agent needs a program to run, got " + command);
      }
      this.command = List.copyOf(command);
    }

    /**
     * Sets the folder of the command. Default: the working directory of this process.
     *
     * @param directory gives the work tree for an attempt
     */
    public Builder directory(Function<Assignment, Path> directory) {
      this.directory = directory;
      return this;
    }

    /**
     * Sets a variable of the command's environment.
     *
     * @param name the variable
     * @param value its value
     */
    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    /**
     * Limits the output of the command.
     *
     * @param bytes most bytes, at least 1
     */
    public Builder outputLimit(int bytes) {
      if (bytes < 1) {
        throw new IllegalArgumentException("output limit must be at least 1 byte, got " + bytes);
      }
      this.outputLimit = bytes;
      return this;
    }

    /**
     * Sets the exit codes that mean success. Default: only 0.
     *
     * @param codes the codes
     */
    public Builder successCodes(Integer... codes) {
      this.successCodes = Set.of(codes);
      return this;
    }

    /** {@return the agent} */
    public ProcessAgent build() {
      return new ProcessAgent(this);
    }
  }

  /** Reads the output of a process up to a limit, and kills a process that writes more. */
  private static final class CappedOutput implements Runnable {
    private static final int LAST_WORDS = 300;

    private final Process process;
    private final int limit;
    private byte[] bytes = new byte[0];
    private boolean overflowed;

    CappedOutput(Process process, int limit) {
      this.process = process;
      this.limit = limit;
    }

    @Override
    public void run() {
      byte[] read;
      try {
        read = process.getInputStream().readNBytes(limit + 1);
      } catch (IOException closedByKill) {
        return;
      }
      boolean tooMuch = read.length > limit;
      synchronized (this) {
        bytes = read;
        overflowed = tooMuch;
      }
      if (tooMuch) {
        kill(process);
      }
    }

    synchronized boolean overflowed() {
      return overflowed;
    }

    synchronized String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    String lastWords() {
      String text = text().strip();
      return text.isEmpty() ? "(none)" : text.substring(Math.max(0, text.length() - LAST_WORDS));
    }
  }
}
