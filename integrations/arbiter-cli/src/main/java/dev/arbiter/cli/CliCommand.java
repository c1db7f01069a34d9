/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that knows where it prints. */
abstract class CliCommand {
  @Spec private @Nullable CommandSpec spec;

  private CommandLine line() {
    return Objects.requireNonNull(spec).commandLine();
  }

  final PrintWriter out() {
    return line().getOut();
  }

  final PrintWriter err() {
    return line().getErr();
  }

  /** Says how to go on where a command was given no step. */
  final ParameterException misuse(String remedy) {
    return new ParameterException(line(), remedy);
  }
}
