/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.internal.Library;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Runs a command in a work tree as an agent: any coding agent that has a command line.
 *
 * <p><b>The payload</b> reaches the command in one of three ways. In the words of the command
 * {@code {task}} stands for it; a payload that begins with a hyphen is refused there, unless the
 * word {@code --} comes before, because the command could take it for an option. {@code {taskFile}}
 * stands for a file that holds it in UTF-8. {@link Builder#payloadOnInput} writes it to standard
 * input, which is empty otherwise. A command with none of the three does not get the payload. A
 * long payload, or one that the locale cannot encode, goes by file or input only.
 *
 * <p>{@code {dir}} stands for the work tree, {@code {id}} and {@code {type}} for the task's own. No
 * shell is involved, so a payload cannot become a command. Standard output and standard error
 * together are the report's output.
 *
 * <p><b>The environment</b> of the command has {@code PATH}, {@code HOME}, {@code USER}, {@code
 * LOGNAME}, {@code SHELL}, {@code TERM}, {@code TZ}, {@code TMPDIR}, {@code LANG}, {@code
 * JAVA_HOME}, all of {@code LC_*}, and on Windows {@code SYSTEMROOT}, {@code COMSPEC}, {@code
 * PATHEXT}, {@code TEMP}, {@code TMP}, {@code USERPROFILE}, {@code APPDATA} and {@code
 * LOCALAPPDATA}. Arbiter adds {@value Assignment#CORRELATION_VARIABLE}, the id that ties the call
 * to its task, and {@code TRACEPARENT} if the caller gave one. What else it needs, such as an API
 * key, is named by {@link Builder#inherit} or {@link Builder#environment}.
 *
 * <p><b>The attempt fails</b> when the command takes longer than the assignment allows (as a
 * time-out, a little before the engine's own), writes more than the output limit, or ends with an
 * exit code that does not mean success. Whatever the command started is killed with its end, also
 * after success, and when this JVM ends, unless that is killed itself. A process that clears its
 * environment and loses its parent at once can escape.
 */
public final class ProcessAgent implements Agent {
  /** Most bytes of output, unless set otherwise. */
  public static final int DEFAULT_OUTPUT_LIMIT = 1 << 20;

  /*
   * Input and output are files in a folder of the attempt's own. A process left behind can hold a
   * pipe open for ever, and with it the thread that reads; a file has no such end to wait for.
   */
  private static final String TRACEPARENT = "TRACEPARENT";
  private static final String LATE = "took longer than ";
  private static final Set<String> INHERITED =
      Set.of(
          "PATH",
          "HOME",
          "USER",
          "LOGNAME",
          "SHELL",
          "TERM",
          "TZ",
          "TMPDIR",
          "LANG",
          "JAVA_HOME",
          "SYSTEMROOT",
          "COMSPEC",
          "PATHEXT",
          "TEMP",
          "TMP",
          "USERPROFILE",
          "APPDATA",
          "LOCALAPPDATA");

  private static final long LOOK_NANOS = 50_000_000;
  private static final long FIRST_LOOK_NANOS = 1_000_000;
  private static final long MOST_MARGIN_NANOS = 200_000_000;
  private static final int LONGEST_WORD = (128 << 10) - 1; // MAX_ARG_STRLEN of Linux, less its zero
  private static final int LAST_WORDS = 300;

  private final List<String> command;
  private final Function<Assignment, Path> directory;
  private final Map<String, String> environment;
  private final Set<String> inherited;
  private final int outputLimit;
  private final Set<Integer> successCodes;
  private final boolean payloadOnInput;
  private final Function<String, Usage> usage;
  private final @Nullable UsageLimit usageLimit;

  private ProcessAgent(Builder builder) {
    this.command = builder.command;
    this.directory = builder.directory;
    this.environment = Map.copyOf(builder.environment);
    this.inherited = Set.copyOf(builder.inherited);
    this.outputLimit = builder.outputLimit;
    this.successCodes = builder.successCodes;
    this.payloadOnInput = builder.payloadOnInput;
    this.usage = builder.usage;
    this.usageLimit = builder.usageLimit;
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
    Library.SLF4J.require(ProcessAgent.class);
    return new Builder(command);
  }

  @Override
  public WorkReport run(Assignment assignment)
      throws IOException, InterruptedException, TimeoutException, AgentException {
    Path dir = directory.apply(assignment).toAbsolutePath();
    if (!Files.isDirectory(dir)) {
      throw new IOException(
          "the directory " + dir + " of agent '" + assignment.agent() + "' is no folder");
    }
    Path given = assignment.directory().orElse(dir);
    if (!dir.toRealPath().startsWith(given.toRealPath())) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "the directory %s of agent '%s' is outside of %s, in which its work is measured; leave"
                  + " out directory(), or give a folder in Assignment.directory()",
              dir,
              assignment.agent(),
              given));
    }
    try (ProcessFiles files = new ProcessFiles()) {
      ProcessTree tree = new ProcessTree();
      try {
        Process process = start(assignment, dir, files, tree.name());
        tree.root(process);
        return report(assignment, process, files, tree);
      } finally {
        tree.close();
      }
    }
  }

  private WorkReport report(
      Assignment assignment, Process process, ProcessFiles files, ProcessTree tree)
      throws IOException, InterruptedException, TimeoutException, AgentException {
    String problem;
    try {
      problem = await(process, assignment.timeLimit(), files, tree);
    } catch (InterruptedException e) {
      // What it used up counts all the same.
      tree.kill();
      assignment.meter().set(used(files.output(outputLimit)));
      throw e;
    }
    tree.kill();
    String output = files.output(outputLimit);
    Usage used = used(output);
    assignment.meter().set(used);
    if (problem.isEmpty() && files.written() > outputLimit) {
      problem = tooMuch();
    }
    if (problem.isEmpty() && !successCodes.contains(process.exitValue())) {
      problem = "ended with exit code " + process.exitValue();
    }
    if (problem.isEmpty()) {
      return WorkReport.of(output).withUsage(used);
    }
    String message =
        String.format(
            Locale.ROOT,
            "command '%s' of agent '%s' %s; its last words: %s",
            command.get(0),
            assignment.agent(),
            problem,
            files.lastWords(LAST_WORDS));
    if (problem.startsWith(LATE)) {
      throw new TimeoutException(message);
    }
    Optional<Instant> limitEnds =
        usageLimit == null || process.isAlive()
            ? Optional.empty()
            : usageLimit.end(process.exitValue(), output);
    if (limitEnds.isPresent()) {
      throw new AgentException(message, used)
          .failure(FailureCause.QUOTA)
          .effect(AgentException.Effect.NONE)
          .retryAt(limitEnds.get());
    }
    throw new AgentException(message, used);
  }

  private Usage used(String output) {
    try {
      return usage.apply(output);
    } catch (RuntimeException e) {
      LoggerFactory.getLogger(ProcessAgent.class)
          .warn("the usage of command '{}' could not be read from its output", command.get(0), e);
      return Usage.none();
    }
  }

  /** Waits for the end, looking at the output and the tree; says what went wrong. */
  String await(Process process, Duration limit, ProcessFiles files, ProcessTree tree)
      throws IOException, InterruptedException {
    long left = TimeUnit.NANOSECONDS.convert(limit);
    left -= Math.min(left / 20, MOST_MARGIN_NANOS);
    // A look at many processes takes long, so that the waits alone are not the time that passes.
    CompletableFuture<Boolean> late = new CompletableFuture<>();
    CompletableFuture<Boolean> unused = late.completeOnTimeout(true, left, TimeUnit.NANOSECONDS);
    try {
      for (long look = FIRST_LOOK_NANOS; ; look = Math.min(2 * look, LOOK_NANOS)) {
        long turn = Math.min(look, left);
        if (process.waitFor(turn, TimeUnit.NANOSECONDS)) {
          return "";
        }
        left -= turn;
        if (left <= 0 || late.isDone()) {
          return LATE + limit;
        }
        tree.look();
        if (files.written() > outputLimit) {
          return tooMuch();
        }
      }
    } finally {
      late.complete(false);
    }
  }

  private String tooMuch() {
    return "wrote more than " + outputLimit + " bytes";
  }

  private Process start(Assignment assignment, Path dir, ProcessFiles files, String tree)
      throws IOException {
    String payload = assignment.task().payload();
    ProcessBuilder builder = new ProcessBuilder(words(assignment, dir, files));
    builder
        .directory(dir.toFile())
        .redirectErrorStream(true)
        .redirectOutput(files.output())
        .redirectInput(files.input(payloadOnInput ? payload : ""));
    builder.environment().keySet().removeIf(name -> !isInherited(name));
    builder.environment().put(Assignment.CORRELATION_VARIABLE, assignment.correlation());
    assignment.traceparent().ifPresent(it -> builder.environment().put(TRACEPARENT, it));
    builder.environment().putAll(environment);
    builder.environment().put(ProcessTree.VARIABLE, tree);
    return builder.start();
  }

  private boolean isInherited(String name) {
    return INHERITED.contains(name.toUpperCase(Locale.ROOT))
        || name.startsWith("LC_")
        || inherited.contains(name);
  }

  private List<String> words(Assignment assignment, Path dir, ProcessFiles files)
      throws IOException {
    Map<String, String> values = new HashMap<>();
    values.put("task", assignment.task().payload());
    values.put("dir", dir.toString());
    values.put("id", assignment.task().id());
    values.put("type", assignment.task().type());
    if (command.stream().anyMatch(word -> word.contains("{taskFile}"))) {
      values.put("taskFile", files.payload(assignment.task().payload()).toString());
    }
    List<String> words = new ArrayList<>(command.size());
    boolean optionsEnded = false;
    for (String word : command) {
      String filled = fill(word, values);
      if (!filled.equals(word)) {
        check(word, filled, optionsEnded);
      }
      optionsEnded |= word.equals("--");
      words.add(filled);
    }
    return words;
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

  private static void check(String word, String filled, boolean optionsEnded) throws IOException {
    String problem = "";
    if (word.startsWith("{") && filled.startsWith("-") && !optionsEnded) {
      problem = "begins with a hyphen, which makes it an option; put the word -- before it, or";
    } else if (filled.getBytes(StandardCharsets.UTF_8).length > LONGEST_WORD) {
      problem = "is longer than " + LONGEST_WORD + " bytes, the most that one argument can have;";
    } else if (filled.indexOf('\0') >= 0) {
      problem = "holds a zero character, which no argument can have;";
    } else if (!canEncode(filled)) {
      problem = "holds characters that the locale of this JVM cannot encode;";
    }
    if (!problem.isEmpty()) {
      throw new IOException(
          "the argument '" + word + "' " + problem + " use {taskFile} or payloadOnInput()");
    }
  }

  /* Arguments are encoded with the locale of the JVM's start, which file.encoding does not change. */
  private static boolean canEncode(String word) {
    String locale = System.getProperty("sun.jnu.encoding", Charset.defaultCharset().name());
    return word.chars().allMatch(c -> c < 0x80)
        || (Charset.defaultCharset().newEncoder().canEncode(word)
            && Charset.isSupported(locale)
            && Charset.forName(locale).newEncoder().canEncode(word));
  }

  /** Builds a {@link ProcessAgent}; not thread-safe. */
  public static final class Builder {
    private final List<String> command;
    private final Map<String, String> environment = new TreeMap<>();
    private final Set<String> inherited = new TreeSet<>();
    private Function<Assignment, Path> directory =
        assignment -> assignment.directory().orElse(Path.of(""));
    private int outputLimit = DEFAULT_OUTPUT_LIMIT;
    private Set<Integer> successCodes = Set.of(0);
    private boolean payloadOnInput;
    private Function<String, Usage> usage = output -> Usage.none();
    private @Nullable UsageLimit usageLimit;

    private Builder(List<String> command) {
      if (command.isEmpty() || command.get(0).isBlank()) {
        throw new IllegalArgumentException(
            "a process agent needs a program to run, got " + command);
      }
      this.command = List.copyOf(command);
    }

    /**
     * Sets the folder of the command. Default: {@link Assignment#directory()}, which an interceptor
     * gives; without one the working directory of this process. With one, it must be that folder or
     * one below, or the attempt fails.
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
     * Adds variables of this process that the command inherits, besides those of the class comment.
     *
     * @param names such as {@code ANTHROPIC_API_KEY} or {@code HTTPS_PROXY}; those that are not set
     *     are left out
     * @return this
     */
    public Builder inherit(String... names) {
      inherited.addAll(List.of(names));
      return this;
    }

    /**
     * Writes the payload to the command's standard input, in UTF-8.
     *
     * @return this
     */
    public Builder payloadOnInput() {
      this.payloadOnInput = true;
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

    /**
     * Sets how usage is read from the output, after success, failure and time-out alike. Default:
     * nothing was used.
     *
     * @param usage gets the output up to the limit; an exception counts as nothing used, and is
     *     logged
     * @return this
     */
    public Builder usage(Function<String, Usage> usage) {
      this.usage = usage;
      return this;
    }

    /**
     * Sets how a usage limit is recognised when the command failed. The agent then gets no task
     * until the limit ends; its tasks go to others or wait. Default: it is not recognised.
     *
     * @param limit such as {@link UsageLimit#inWords}
     * @return this
     */
    public Builder usageLimit(UsageLimit limit) {
      this.usageLimit = limit;
      return this;
    }

    /** {@return the agent} */
    public ProcessAgent build() {
      return new ProcessAgent(this);
    }
  }
}
