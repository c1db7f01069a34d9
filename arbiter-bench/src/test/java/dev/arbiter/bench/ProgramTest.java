/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How programs end; those that are processes measure nothing. */
class ProgramTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "bars.Bars, --read nosuch.json, nosuch.json cannot be read: there is no such file",
    "bars.Growth, --results nosuch.md, something is missing; give the HTML file",
    "RequirementsTable, --fast, --fast is no option; give nothing",
    "Memory, --results, --results has no value; give nothing",
    "load.EngineLoad, soak soon, 'the number of seconds must be a number above 0, got soon; give'",
    "routing.RoutingLab, --outcomes nosuch.csv, nosuch.csv cannot be read",
    "routing.SeveralAtOnce, nosuch.csv, nosuch.csv cannot be read",
    "routing.SweBenchOutcomes, nosuch out.csv, nosuch has no folder with eval_results.json"
  })
  void a_wrong_argument_ends_the_process_with_2(String program, String arguments, String message)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add("dev.arbiter.bench." + program);
    command.addAll(Arrays.asList(arguments.split(" ", -1)));
    Path printed = folder.resolve("printed");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();

    assertThat(ended).isTrue();
    assertThat(Files.readString(printed)).contains(message).hasLineCount(1);
    assertThat(process.exitValue()).isEqualTo(2);
  }

  @Test
  void a_missed_promise_is_1_and_all_held_is_0() throws Exception {
    assertThat(ending(arguments -> out -> true)).isEqualTo("0");
    assertThat(ending(arguments -> out -> false)).isEqualTo("1");
    assertThat(ending(Memory::read, "x")).startsWith("2 cannot use [x]; give nothing");
    assertThat(ending(RequirementsTable::read, "--results", folder + "/none.md"))
        .startsWith("2 " + folder + "/none.md cannot be read: there is no such file or folder");
  }

  private static String ending(Program.Reader reader, String... arguments) throws Exception {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Program.run(
            reader,
            new PrintStream(new ByteArrayOutputStream()),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return (code + " " + err.toString(StandardCharsets.UTF_8)).strip();
  }

  @Test
  void an_error_while_it_measures_is_no_wrong_argument() {
    Program.Reader failing =
        arguments ->
            out -> {
              throw new IllegalArgumentException("a bug");
            };

    assertThatThrownBy(() -> ending(failing)).hasMessage("a bug");
  }

  @Test
  void a_file_is_checked_and_left_as_it_is() throws Exception {
    Path old = Files.writeString(folder.resolve("old"), "text");
    Path young = folder.resolve("young");

    Program.requireWritable(old);
    Program.requireWritable(young);

    assertThat(Files.readString(old)).isEqualTo("text");
    assertThat(young).doesNotExist();
    assertThatThrownBy(() -> Program.requireWritable(folder.resolve("no").resolve("x.json")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x.json cannot be written: there is no such file or folder; give");
    assertThatThrownBy(() -> Program.requireWritable(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(" cannot be written: ");
  }

  @Test
  void a_file_that_is_no_text_is_named() throws IOException {
    Path file = Files.write(folder.resolve("x.json"), new byte[] {(byte) 0xff});

    assertThatThrownBy(() -> Program.text(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x.json cannot be read: it is no UTF-8");
    assertThatThrownBy(() -> Program.text(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(folder + " cannot be read: ");
  }
}
