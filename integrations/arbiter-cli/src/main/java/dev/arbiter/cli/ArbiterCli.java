/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.Sources;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The program {@code arbiter}: checks working specs, changes made under them, and kept evidence;
 * shows the tasks of a store.
 *
 * <p>Exit codes: 0 allowed, 1 denied, 2 input cannot be used, 3 evidence is damaged.
 */
@Command(
    name = "arbiter",
    description = "Holds changes to CAWS working specs, checks the evidence, shows kept tasks.",
    footer = {
      "",
      "Exit codes: 0 allowed, 1 denied, 2 input cannot be used, 3 evidence is damaged."
    },
    mixinStandardHelpOptions = true,
    version = "arbiter 0.1.0")
public final class ArbiterCli extends CliCommand implements Runnable {
  private static final List<String> COMMANDS = List.of("validate", "log", "waiver", "key", "tasks");

  private ArbiterCli() {}

  /**
   * Runs the program and ends the process.
   *
   * @param arguments the command line
   */
  public static void main(String[] arguments) {
    StandardOutput stream = new StandardOutput();
    PrintWriter out = new PrintWriter(stream, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, false, StandardCharsets.UTF_8);
    System.exit(run(Sources.system(0).clock(), out, stream::lostItsReader, err, arguments));
  }

  /**
   * Runs the program and returns its exit code.
   *
   * @param clock the default of {@code --now}
   * @param out gets answers
   * @param lostItsReader tells after an error of {@code out} whether its reader had enough
   * @param err gets error messages
   * @param arguments the command line
   */
  static int run(
      InstantSource clock,
      PrintWriter out,
      BooleanSupplier lostItsReader,
      PrintWriter err,
      String... arguments) {
    CommandLine line = new CommandLine(new ArbiterCli());
    // Each command costs start-up time, so only the wanted one is made.
    String wanted = arguments.length == 0 ? "" : arguments[0];
    for (String name : COMMANDS.contains(wanted) ? List.of(wanted) : COMMANDS) {
      line.addSubcommand(name, command(name, clock));
    }
    // These settings reach only the subcommands that exist by now.
    line.setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(ArbiterCli::misused)
        .setExecutionExceptionHandler(ArbiterCli::explain);
    int code = line.execute(arguments);
    // A writer keeps its errors to itself. A reader that goes away, such as head, is no error.
    if (out.checkError() && code == Exit.ALLOWED && !lostItsReader.getAsBoolean()) {
      err.println("arbiter: the output could not be written; its disk may be full");
      code = Exit.UNUSABLE;
    }
    err.flush();
    return code;
  }

  private static Object command(String name, InstantSource clock) {
    return switch (name) {
      case "validate" -> new ValidateCommand(clock);
      case "log" -> new LogCommand();
      case "waiver" -> new WaiverCommand(clock);
      case "tasks" -> new TasksCommand(clock);
      default -> new KeyCommand();
    };
  }

  @SuppressWarnings("unused") // the signature is picocli's
  private static int misused(CommandLine.ParameterException problem, String[] arguments) {
    CommandLine line = problem.getCommandLine();
    line.getErr().println("arbiter: " + printable(String.valueOf(problem.getMessage())));
    line.getErr().println("see: " + line.getCommandSpec().qualifiedName() + " --help");
    return Exit.UNUSABLE;
  }

  @SuppressWarnings("unused") // the signature is picocli's
  private static int explain(Exception problem, CommandLine line, CommandLine.ParseResult parsed) {
    String message =
        problem instanceof FileSystemException file && file.getFile() != null
            ? Inputs.refusal(Path.of(file.getFile()), file).getMessage()
            : isForTheUser(problem)
                ? problem.getMessage()
                : problem.getClass().getSimpleName() + ": " + problem.getMessage();
    line.getErr().println("arbiter: " + printable(String.valueOf(message)));
    return Exit.UNUSABLE;
  }

  private static boolean isForTheUser(Exception problem) {
    return problem instanceof Refusal
        || problem instanceof IllegalArgumentException
        || (problem instanceof IOException && problem.getMessage() != null);
  }

  static String printable(String text) {
    return Sanitizer.text(text, 2000);
  }

  @Override
  public void run() {
    throw misuse("give a command: validate, log, waiver, key or tasks");
  }
}
