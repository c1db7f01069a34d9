/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process, whose output cannot be written. */
class StandardOutputTest {
  @TempDir private Path folder;

  private Process help(Redirect out) throws Exception {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ArbiterCli.class.getName(),
                "validate",
                "--help"))
        .redirectOutput(out)
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  @Test
  void a_reader_that_had_enough_is_no_error() throws Exception {
    Process process = help(Redirect.PIPE);
    process.getInputStream().close();

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(folder.resolve("err")).isEmptyFile();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void a_full_disk_is_one() throws Exception {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    Process process = help(Redirect.to(full.toFile()));

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(folder.resolve("err")))
        .startsWith("arbiter: the output could not be written; its disk may be full");
    assertThat(process.exitValue()).isEqualTo(2);
  }
}
