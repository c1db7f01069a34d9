/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import java.time.InstantSource;
import picocli.CommandLine;

/** Makes commands, and only those the command line asks for: each one costs start-up time. */
final class Subcommands implements CommandLine.IFactory {
  private final InstantSource clock;

  Subcommands(InstantSource clock) {
    this.clock = clock;
  }

  static void add(CommandLine line, String wanted) {
    boolean named = wanted.equals("validate") || wanted.equals("log");
    named |= wanted.equals("waiver") || wanted.equals("key");
    if (!named || wanted.equals("validate")) {
      line.addSubcommand("validate", ValidateCommand.class);
    }
    if (!named || wanted.equals("log")) {
      line.addSubcommand("log", LogCommand.class);
    }
    if (!named || wanted.equals("waiver")) {
      line.addSubcommand("waiver", WaiverCommand.class);
    }
    if (!named || wanted.equals("key")) {
      line.addSubcommand("key", KeyCommand.class);
    }
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == ValidateCommand.class) {
      return type.cast(new ValidateCommand(clock));
    }
    if (type == LogCommand.class) {
      return type.cast(new LogCommand());
    }
    if (type == WaiverCommand.class) {
      return type.cast(new WaiverCommand(clock));
    }
    if (type == KeyCommand.class) {
      return type.cast(new KeyCommand());
    }
    return CommandLine.defaultFactory().create(type);
  }
}
