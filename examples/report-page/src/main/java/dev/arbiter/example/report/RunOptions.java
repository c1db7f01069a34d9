/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import dev.arbiter.routing.BanditPolicy;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that both larger examples share, and the checks of options. */
public final class RunOptions {
  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description =
          "How agents are chosen: default, thompson, ucb1, ... (a wrong name lists all);"
              + " default: ${DEFAULT-VALUE}.")
  public String policy = "default";

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Of the (first) run; default: ${DEFAULT-VALUE}.")
  public long seed = 1;

  @Option(
      names = "--fallbacks",
      paramLabel = "F",
      description = "Other agents tried after a failure; default: ${DEFAULT-VALUE}.")
  public int fallbacks = 1;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /** Makes the defaults; picocli fills in the options. */
  public RunOptions() {}

  /** Input that cannot be used. The message says why, and what to do. */
  public static final class UnusableInput extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message for the user
     */
    public UnusableInput(String message) {
      super(message);
    }
  }

  /**
   * {@return a command line that prints {@link UnusableInput}, and what a file system refuses, as
   * one line and ends with 2}
   *
   * @param program a picocli command
   */
  public static CommandLine commandLine(Object program) {
    return new CommandLine(program)
        .setExecutionExceptionHandler(
            (error, command, parsed) -> {
              if (error instanceof FileSystemException) {
                String reason = error.getClass().getSimpleName().replace("Exception", "");
                command.getErr().println(error.getMessage() + " cannot be used: " + reason);
              } else if (error instanceof UnusableInput) {
                command.getErr().println(error.getMessage());
              } else {
                throw error;
              }
              return CommandLine.ExitCode.USAGE;
            });
  }

  /**
   * Checks before a long run that a file can be written, and leaves it as it is.
   *
   * @param option its name, for the message
   * @param file the file; it need not be there
   * @throws UnusableInput if it cannot be written
   */
  public static void requireWritable(String option, Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      return; // a reader of a pipe takes the end of this look for the end of the report
    }
    boolean isNew = Files.notExists(file, LinkOption.NOFOLLOW_LINKS);
    try {
      Files.newByteChannel(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
      if (isNew) {
        Files.delete(file);
      }
    } catch (IOException e) {
      String reason =
          e instanceof NoSuchFileException
              ? "there is no such folder"
              : e instanceof AccessDeniedException
                  ? "this user may not"
                  : e instanceof FileSystemException refused && refused.getReason() != null
                      ? refused.getReason()
                      : String.valueOf(e.getMessage());
      throw new UnusableInput(
          file
              + " cannot be written: "
              + reason
              + "; give "
              + option
              + " a file in a folder of yours");
    }
  }

  /**
   * {@return the chosen policy}
   *
   * @throws ParameterException if an option of this class has a wrong value
   */
  public BanditPolicy policy() {
    check(fallbacks >= 0, "--fallbacks must be at least 0, got " + fallbacks);
    check(
        BanditPolicy.names().contains(policy),
        "--policy must be one of " + BanditPolicy.names() + ", got '" + policy + "'");
    return BanditPolicy.named(policy);
  }

  /**
   * Refuses a wrong option.
   *
   * @param condition true if the option is right
   * @param message for the user
   * @throws ParameterException if the option is wrong
   */
  public void check(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
