/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.approval;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program as a person uses it: a process, its terminal, and a kill in between. */
@Timeout(120)
class TerminalApprovalTest {
  private static final String ASKS = "approve | deny REASON | edit TEXT";

  @TempDir private Path dir;

  private final List<Terminal> terminals = new ArrayList<>();

  /** One started process. */
  private record Terminal(Process process, BufferedReader out, Writer in) {
    /** The lines until the program asks; all of the rest if it does not. */
    List<String> untilItAsks() throws IOException {
      List<String> lines = new ArrayList<>();
      String line = out.readLine();
      while (line != null && !line.equals(ASKS)) {
        lines.add(line);
        line = out.readLine();
      }
      return lines;
    }

    void type(String line) throws IOException {
      in.write(line + "\n");
      in.flush();
    }

    List<String> rest() throws Exception {
      List<String> lines = untilItAsks();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      return lines;
    }
  }

  private Terminal start() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-Duser.name=eve",
                "-cp",
                System.getProperty("java.class.path"),
                TerminalApproval.class.getName(),
                "--durable",
                dir.resolve("desk").toString())
            .redirectError(dir.resolve("errors-" + terminals.size()).toFile())
            .start();
    Terminal terminal =
        new Terminal(process, process.inputReader(UTF_8), process.outputWriter(UTF_8));
    terminals.add(terminal);
    return terminal;
  }

  private Terminal killWhileItWaits() throws Exception {
    Terminal terminal = start();
    terminal.untilItAsks();
    kill(terminal);
    return start();
  }

  private static void kill(Terminal terminal) throws Exception {
    terminal.process().destroyForcibly();
    assertThat(terminal.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @AfterEach
  void end() throws Exception {
    for (Terminal terminal : terminals) {
      kill(terminal);
    }
    for (int i = 0; i < terminals.size(); i++) {
      assertThat(dir.resolve("errors-" + i)).isEmptyFile();
    }
  }

  @Test
  void the_same_request_is_open_after_a_kill_and_the_task_is_done_once() throws Exception {
    Terminal first = start();
    List<String> asked = first.untilItAsks();
    assertThat(asked)
        .startsWith("task 'release-7' waits for a person")
        .contains("  shown:   deploy shop 2.4 to production", "  who:     release desk");
    kill(first);

    Terminal second = start();
    assertThat(second.untilItAsks()).isEqualTo(asked);
    second.type("approve");

    assertThat(second.rest())
        .containsExactly(
            "ada works: deploy shop 2.4 to production",
            "task 'release-7' completed by ada in attempt 1",
            "did 'deploy shop 2.4 to production', APPROVED by eve");
    assertThat(start().rest())
        .as("a third start finds the end, and nobody works again")
        .containsExactly(
            "task 'release-7' completed by ada in attempt 1",
            "did 'deploy shop 2.4 to production', APPROVED by eve");
  }

  @Test
  void a_folder_that_another_process_uses_is_one_line() throws Exception {
    start().untilItAsks();
    Terminal second = start();
    terminals.remove(second);

    assertThat(second.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.process().exitValue()).isEqualTo(1);
    assertThat(dir.resolve("errors-1"))
        .content()
        .contains("cannot be used", "is owned by process")
        .hasLineCount(1);
  }

  @Test
  void a_denial_is_the_end_of_the_task() throws Exception {
    Terminal second = killWhileItWaits();
    second.untilItAsks();
    second.type("deny not on a Friday");

    assertThat(second.rest())
        .singleElement()
        .asString()
        .contains("rejected", "denied by 'eve': not on a Friday");
    assertThat(start().rest()).singleElement().asString().contains("not on a Friday");
  }

  @Test
  void an_edit_is_what_the_agent_does() throws Exception {
    Terminal second = killWhileItWaits();
    second.untilItAsks();
    second.type("edit deploy shop 2.4 to staging");

    assertThat(second.rest())
        .startsWith("ada works: deploy shop 2.4 to staging")
        .endsWith("did 'deploy shop 2.4 to staging', EDITED by eve");
  }

  @Test
  void what_is_no_decision_is_asked_again() throws Exception {
    Terminal only = start();
    List<String> asked = only.untilItAsks();
    for (String line : List.of("maybe", "deny", "edit  ", "")) {
      only.type(line);
      List<String> again = only.untilItAsks();
      assertThat(again.get(0)).startsWith("not decided: ");
      assertThat(again.subList(1, again.size())).isEqualTo(asked);
    }
    only.in().close();

    assertThat(only.rest()).singleElement().asString().contains("the task waits on");
  }

  @Test
  void the_page_shows_the_dialogue_that_happens() throws Exception {
    Terminal only = start();
    List<String> lines = only.untilItAsks();
    only.type("approve");
    lines.add(ASKS);
    lines.addAll(only.rest());

    String page = Files.readString(Path.of("README.md"));
    lines.removeIf(line -> line.startsWith("  expires:"));
    assertThat(page).contains(lines);
  }
}
