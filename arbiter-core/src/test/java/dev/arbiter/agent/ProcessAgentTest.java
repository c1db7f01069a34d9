/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs real processes: this JVM's own launcher, on a one-file program. */
class ProcessAgentTest {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String PROGRAM =
      """
      import java.nio.file.*;
      public class Program {
        public static void main(String[] args) throws Exception {
          switch (args[0]) {
            case "echo" -> System.out.println(args[1] + "|" + Path.of("").toAbsolutePath());
            case "fail" -> { System.err.println("cannot do that"); System.exit(3); }
            case "flood" -> { while (true) System.out.println("x".repeat(1000)); }
            case "hang" -> { System.out.println("thinking"); Thread.sleep(60_000); }
            default -> System.exit(9);
          }
        }
      }
      """;

  @TempDir private Path dir;

  private ProcessAgent.Builder agent(String... arguments) throws IOException {
    Path program = Files.writeString(dir.resolve("Program.java"), PROGRAM);
    List<String> command = new ArrayList<>(List.of(JAVA, program.toString()));
    command.addAll(List.of(arguments));
    return ProcessAgent.builder(command).directory(assignment -> dir);
  }

  private static Assignment assignment(String payload, Duration limit) {
    Task task = Task.builder("fix").id("T-1").payload(payload).build();
    return new Assignment(task, "cli", 1, "", limit);
  }

  @Test
  void runs_the_command_in_the_work_tree_with_the_payload_as_one_word() throws Exception {
    WorkReport report =
        agent("echo", "{task}")
            .build()
            .run(assignment("mend; rm -rf {dir} $HOME", Duration.ofSeconds(30)));

    assertThat(report.output().strip()).isEqualTo("mend; rm -rf {dir} $HOME|" + dir.toRealPath());
  }

  @Test
  void an_exit_code_that_means_failure_fails_with_the_last_words() throws Exception {
    ProcessAgent agent = agent("fail").build();

    assertThatThrownBy(() -> agent.run(assignment("", Duration.ofSeconds(30))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("of agent 'cli' ended with exit code 3")
        .hasMessageContaining("cannot do that");
    assertThat(agent("fail").successCodes(0, 3).build().run(assignment("", Duration.ofSeconds(30))))
        .isNotNull();
  }

  @Test
  void a_command_that_takes_too_long_is_killed() throws Exception {
    ProcessAgent agent = agent("hang").build();

    assertThatThrownBy(() -> agent.run(assignment("", Duration.ofSeconds(3))))
        .hasMessageContaining("took longer than PT3S");
    ProcessHandle.current()
        .children()
        .forEach(child -> assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(20)));
  }

  @Test
  void a_command_that_writes_without_end_is_killed() throws Exception {
    ProcessAgent agent = agent("flood").outputLimit(10_000).build();

    assertThatThrownBy(() -> agent.run(assignment("", Duration.ofSeconds(30))))
        .hasMessageContaining("wrote more than 10000 bytes");
  }

  @Test
  void a_program_that_is_not_there_fails_by_name() {
    ProcessAgent agent = ProcessAgent.builder("no-such-program-here").build();

    assertThatThrownBy(() -> agent.run(assignment("", Duration.ofSeconds(3))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no-such-program-here");
    assertThatThrownBy(() -> ProcessAgent.builder(" "))
        .hasMessageContaining("needs a program to run");
  }

  @Test
  void placeholders_are_filled_once_and_unknown_ones_left() {
    Map<String, String> values = Map.of("task", "{dir}", "dir", "/x");

    assertThat(ProcessAgent.fill("{task} in {dir} {other} {", values))
        .isEqualTo("{dir} in /x {other} {");
  }
}
