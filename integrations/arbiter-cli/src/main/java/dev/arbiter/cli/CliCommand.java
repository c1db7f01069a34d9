/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.task.Finding;
import java.io.PrintWriter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The base of all commands: output, exit codes and common options. */
abstract class CliCommand {
  @Spec private @Nullable CommandSpec spec;

  /** The exit codes. */
  static final class Exit {
    static final int ALLOWED = 0;
    static final int DENIED = 1;
    static final int UNUSABLE = 2;
    static final int DAMAGED = 3;

    private Exit() {}
  }

  /** The form of the output. */
  enum Format {
    TEXT,
    JSON,
    SARIF
  }

  /** The option {@code --now}. */
  static final class Now implements CommandLine.ITypeConverter<Instant> {
    @Option(
        names = "--now",
        paramLabel = "INSTANT",
        converter = Now.class,
        description = "The moment of the check or step; default now.")
    private @Nullable Instant given;

    Instant or(InstantSource clock) {
      return given == null ? clock.instant() : given;
    }

    @Override
    public Instant convert(String value) {
      try {
        return OffsetDateTime.parse(value).toInstant();
      } catch (DateTimeException e) {
        throw new CommandLine.TypeConversionException(
            "'" + value + "' is no moment with a zone, such as 2026-01-31T12:00:00Z");
      }
    }
  }

  private CommandLine line() {
    return Objects.requireNonNull(spec).commandLine();
  }

  final PrintWriter out() {
    return line().getOut();
  }

  final PrintWriter err() {
    return line().getErr();
  }

  /** Prints a finding of a file on one line. */
  final void print(String file, Finding found) {
    String line = found.line() > 0 ? ":" + found.line() : "";
    out().println(file + line + ": " + found.ruleId() + ": " + found.message());
  }

  /** {@return the error of a command without a subcommand} */
  final ParameterException misuse(String remedy) {
    return new ParameterException(line(), remedy);
  }
}
