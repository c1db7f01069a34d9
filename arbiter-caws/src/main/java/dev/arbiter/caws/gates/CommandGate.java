/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.QualityGate;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Runs a program: see {@link QualityGates#command}. */
record CommandGate(List<String> command, Path folder, Duration limit, long output, Sources sources)
    implements QualityGate {
  private static final Set<String> PASSED_ON = Set.of("PATH", "HOME", "LANG", "TMPDIR");
  private static final long LOOK_MILLIS = 20;
  private static final int SHOWN = 160;

  CommandGate {
    command = List.copyOf(command);
    if (command.isEmpty() || limit.isNegative() || limit.isZero() || output < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a command gate needs a command and positive limits, got %s, %s, %s",
              command,
              limit,
              output));
    }
  }

  @Override
  public QualityGate.Result check(Assignment assignment, WorkReport report)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile("arbiter-gate", ".txt");
    try {
      Process process = start(said);
      try {
        return ended(process, said);
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } finally {
      Files.deleteIfExists(said);
    }
  }

  private Process start(Path said) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(PASSED_ON);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private QualityGate.Result ended(Process process, Path said)
      throws IOException, InterruptedException {
    long start = sources.nanoTime().getAsLong();
    long most = TimeUnit.NANOSECONDS.convert(limit);
    while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      if (Files.size(said) > output) {
        return QualityGate.Result.fail(
            name() + " wrote more than " + output + " bytes and was ended");
      }
      if (sources.nanoTime().getAsLong() - start > most) {
        return QualityGate.Result.fail(name() + " took longer than " + limit + " and was ended");
      }
    }
    int code = process.exitValue();
    if (Files.size(said) > output) {
      return QualityGate.Result.fail(name() + " wrote more than " + output + " bytes");
    }
    return code == 0
        ? QualityGate.Result.pass(name() + " ended with 0")
        : QualityGate.Result.fail(name() + " ended with " + code + ": " + end(said));
  }

  private String name() {
    return command.get(0);
  }

  /** The end of the output: programs write their error there. */
  private static String end(Path said) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(said.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - SHOWN));
      byte[] bytes = new byte[SHOWN];
      int length = Math.max(0, file.read(bytes));
      return new String(bytes, 0, length, StandardCharsets.UTF_8).strip();
    }
  }
}
