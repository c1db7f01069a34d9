/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever file a command gets: it ends with 2 or 3, names the file, and shows no stack trace. */
class WrongInputTest {
  @TempDir Path folder;
  private String spec = "";
  private String policy = "";

  @BeforeEach
  void files() throws Exception {
    spec = Files.writeString(folder.resolve("spec.yaml"), ValidateCommandTest.SPEC).toString();
    policy =
        Files.writeString(folder.resolve("policy.yaml"), ValidateCommandTest.POLICY).toString();
    byte[] noise = new byte[3_000];
    new SplittableRandom(1).nextBytes(noise);
    Files.write(folder.resolve("noise"), noise);
    Files.createDirectory(folder.resolve("dir"));
    Files.writeString(folder.resolve("word"), "x\n");
    Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nowhere"));
    Files.write(folder.resolve("wide"), "\ufeffid: a\n".getBytes(StandardCharsets.UTF_16LE));
    Files.write(
        folder.resolve("latin"), "id: a\nx: \u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    Files.createDirectory(folder.resolve("log"));
    Files.writeString(folder.resolve("log/verdicts.jsonl"), "");
  }

  @Test
  void output_that_could_not_be_written_is_no_success() throws Exception {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    StringWriter err = new StringWriter();
    int allowed;
    try (PrintStream stream = new PrintStream(Files.newOutputStream(full), false, UTF_8)) {
      PrintWriter out = new PrintWriter(stream, false, UTF_8);
      allowed =
          ArbiterCli.run(
              () -> Run.NOW, out, () -> false, new PrintWriter(err), "validate", "--help");
    }

    assertThat(allowed).isEqualTo(2);
    assertThat(err.toString()).contains("the output could not be written").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nowhere", "dir", "noise", "word", "dangling", "wide", "latin", "no/file"})
  void a_wrong_file_is_one_line_that_names_it(String name) {
    String file = folder.resolve(name).toString();
    String log = folder.resolve("log").toString();
    for (List<String> command :
        List.of(
            List.of("validate", file),
            List.of("validate", spec, "--policy", file),
            List.of("validate", spec, "--policy", policy, "--changes", file),
            List.of("validate", spec, "--policy", policy, "--base", "main", "--repository", file),
            List.of("log", "verify", "--log", file),
            List.of("log", "inspect", "--log", file),
            List.of("log", "verify", "--log", log, "--key", file),
            List.of("log", "export", "--log", file, "--out", folder.resolve("out").toString()),
            List.of("tasks", "list", "--store", file),
            List.of("tasks", "show", "T-1", "--store", file),
            List.of("tasks", "cancel", "T-1", "--store", file, "--reason", "r"),
            List.of("tasks", "export", "--store", file),
            List.of("key", "rotate", file))) {
      Run run = Run.of(command.toArray());
      String said = run.out() + run.err();
      boolean events = command.get(1).equals("verify") && !said.startsWith("arbiter:");

      assertThat(run.code()).as("%s: %s", command, said).isIn(2, 3);
      assertThat(said).as(command.toString()).contains(name).doesNotContain("Exception", "\tat ");
      if (!events) {
        assertThat(said.lines().filter(line -> !line.contains(": unusable")))
            .as(command.toString())
            .hasSize(1);
      }
    }
  }

  @Test
  void the_line_that_is_no_utf8_is_named() {
    String latin = folder.resolve("latin").toString();
    String wide = folder.resolve("wide").toString();

    assertThat(Run.of("validate", latin).out())
        .contains("latin is not UTF-8 text, at line 2; save it as UTF-8");
    assertThat(Run.of("validate", wide).out()).contains("line 1: it is UTF-16; save it as UTF-8");
  }

  @Test
  void an_answer_that_has_no_place_is_refused() {
    Path lost = folder.resolve("no/answer.txt");

    Run run = Run.of("validate", spec, "--output", lost);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "arbiter: "
                + lost
                + " does not exist, nor does its folder; make "
                + lost.getParent()
                + "\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "validate",
        "validate a --format xml",
        "validate a --now yesterday",
        "validate a --dialect v9",
        "validate a --base x --changes y",
        "validate a --nonsense",
        "log",
        "log verify",
        "log prove --log . --index x",
        "tasks",
        "tasks list",
        "tasks list --store a --state NONE",
        "tasks list --store a --limit x",
        "tasks show --store a",
        "tasks cancel T-1 --store a",
        "waiver",
        "waiver propose . WV-1",
        "key",
        "key new",
      })
  void a_wrong_command_line_is_two_lines_and_ends_with_2(String command) {
    List<String> words = new ArrayList<>(Arrays.asList(command.split(" ", -1)));
    words.removeIf(String::isEmpty);

    Run run = Run.of(words.toArray());

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("arbiter: ").contains("\nsee: arbiter").hasLineCount(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mark", "crlf", "blank", "all"})
  void a_mark_crlf_and_blank_lines_change_no_answer(String how) throws Exception {
    Files.createDirectory(folder.resolve("waivers"));
    String changes = "3\t1\tsrc/A.java\n";
    Path specFile = Files.writeString(folder.resolve("s.yaml"), as(how, ValidateCommandTest.SPEC));
    Path policyFile =
        Files.writeString(folder.resolve("p.yaml"), as(how, ValidateCommandTest.POLICY));
    Files.writeString(folder.resolve("waivers/w.yaml"), as(how, ValidateCommandTest.WAIVER));
    Path changesFile = Files.writeString(folder.resolve("c.txt"), as(how, changes));

    Run run =
        Run.of(
            "validate",
            specFile,
            "--policy",
            policyFile,
            "--changes",
            changesFile,
            "--waivers",
            folder.resolve("waivers"));

    assertThat(run.code()).isZero();
    assertThat(run.out())
        .isEqualTo(specFile + ": allowed FEAT-001 (v1, 1 of 15 files, 4 of 500 lines)\n");
  }

  private static String as(String how, String text) {
    return switch (how) {
      case "mark" -> "\ufeff" + text;
      case "crlf" -> text.replace("\n", "\r\n");
      case "blank" -> text + "\n\n  \n";
      default -> "\ufeff" + (text + "\n").replace("\n", "\r\n");
    };
  }
}
