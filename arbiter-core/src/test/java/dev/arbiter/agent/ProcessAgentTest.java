/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

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
  void runs_the_command_in_the_folder_that_an_interceptor_gave() throws Exception {
    Path program = Files.writeString(dir.resolve("Program.java"), PROGRAM);
    Path given = Files.createDirectory(dir.resolve("given"));
    Assignment assignment = assignment("mend", Duration.ofSeconds(30)).withDirectory(given);

    WorkReport report =
        ProcessAgent.builder(JAVA, program.toString(), "echo", "{task}").build().run(assignment);

    assertThat(report.output().strip()).isEqualTo("mend|" + given.toRealPath());
  }

  @Test
  void a_folder_of_its_own_must_be_within_the_one_that_is_measured() throws Exception {
    Path given = Files.createDirectory(dir.resolve("given"));
    Files.createDirectory(given.resolve("module"));
    Assignment assignment = assignment("mend", Duration.ofSeconds(30)).withDirectory(given);

    assertThatThrownBy(() -> agent("echo", "{task}").build().run(assignment))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("of agent 'cli' is outside of " + given);
    assertThat(
            agent("echo", "{task}")
                .directory(own -> own.directory().orElseThrow().resolve("module"))
                .build()
                .run(assignment)
                .output())
        .contains("module");
  }

  @Test
  void an_exit_code_that_means_failure_fails_with_the_last_words() throws Exception {
    ProcessAgent agent = agent("fail").build();

    assertThatThrownBy(() -> agent.run(assignment("", Duration.ofSeconds(30))))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("of agent 'cli' ended with exit code 3")
        .hasMessageContaining("cannot do that");
    assertThat(agent("fail").successCodes(0, 3).build().run(assignment("", Duration.ofSeconds(30))))
        .isNotNull();
  }

  @Test
  void a_command_that_takes_too_long_is_killed() throws Exception {
    ProcessAgent agent = agent("hang").build();

    assertThatThrownBy(() -> agent.run(assignment("", Duration.ofSeconds(3))))
        .isInstanceOf(TimeoutException.class)
        .hasMessageContaining("took longer than PT3S")
        .hasMessageContaining("thinking");
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

  private static ProcessAgent.Builder shell(String script) {
    return ProcessAgent.builder("sh", "-c", script);
  }

  private static final Duration LONG = Duration.ofSeconds(30);

  @Test
  void the_defaults_run_in_the_working_directory() throws Exception {
    WorkReport report = shell("pwd").build().run(assignment("", LONG));

    assertThat(report.output().strip()).isEqualTo(Path.of("").toRealPath().toString());
  }

  @Test
  void a_child_in_the_background_holds_nothing_up_and_does_not_survive() throws Exception {
    String script = "sleep 60 & echo $! > " + dir.resolve("pid") + "; echo done";

    WorkReport report = shell(script).build().run(assignment("", LONG));

    assertThat(report.output()).isEqualTo("done\n");
    assertGone("pid");
  }

  @Test
  void a_child_that_lost_its_parent_dies_with_a_failure_and_a_time_out() throws Exception {
    String orphan =
        "(setsid sh -c 'sleep 60 & echo $! > " + dir.resolve("pid") + "' &) ; sleep .2;";

    assertThatThrownBy(() -> shell(orphan + "exit 3").build().run(assignment("", LONG)))
        .isInstanceOf(AgentException.class);
    assertGone("pid");
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> shell(orphan + "sleep 60").build().run(assignment("", second)))
        .isInstanceOf(TimeoutException.class);
    assertGone("pid");
  }

  private void assertGone(String file) throws IOException {
    long pid = Long.parseLong(Files.readString(dir.resolve(file)).strip());
    ProcessHandle.of(pid)
        .ifPresent(child -> assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(5)));
  }

  @Test
  void children_end_with_the_jvm() throws Exception {
    Path pid = dir.resolve("pid");
    String main =
        "import dev.arbiter.agent.*; import dev.arbiter.task.*; import java.time.Duration;"
            + "public class Main { public static void main(String[] a) throws Exception {"
            + "ProcessAgent agent = ProcessAgent.builder(\"sh\", \"-c\","
            + " \"sleep 60 & echo $! > \" + a[0] + \"; sleep 60\").build();"
            + "Thread t = new Thread(() -> { try { agent.run(new Assignment("
            + "Task.builder(\"x\").id(\"1\").build(), \"a\", 1, \"\", Duration.ofMinutes(1)));"
            + "} catch (Exception e) { } }); t.setDaemon(true); t.start();"
            + "while (!new java.io.File(a[0]).exists() || new java.io.File(a[0]).length() == 0)"
            + " Thread.sleep(20); Thread.sleep(200); System.exit(0); } }";
    Path source = Files.writeString(dir.resolve("Main.java"), main);
    Process process =
        new ProcessBuilder(JAVA, "-cp", places(), source.toString(), pid.toString())
            .inheritIO()
            .start();

    assertThat(process.waitFor()).isZero();

    assertGone("pid");
  }

  /** Where the classes are that the other JVM needs, on whatever path this one has them. */
  private static String places() {
    return Stream.of(ProcessAgent.class, LoggerFactory.class)
        .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .collect(Collectors.joining(File.pathSeparator));
  }

  @Test
  void a_command_that_replaces_its_output_neither_blocks_nor_shows_other_files() throws Exception {
    String own = "f=$(readlink /proc/$$/fd/1); echo mine; rm $f; touch $(dirname $f)/more; ";

    String piped = shell(own + "mkfifo $f").build().run(assignment("", LONG)).output();
    String linked = shell(own + "ln -s /etc/passwd $f").build().run(assignment("", LONG)).output();

    assertThat(piped).isEqualTo("mine\n");
    assertThat(linked).isEqualTo("mine\n");
  }

  @Test
  void a_command_that_removes_or_closes_its_folders_still_reports() throws Exception {
    String own = "d=$(dirname $(readlink /proc/$$/fd/1)); echo $d; ";

    String removed = shell(own + "rm -r $d").build().run(assignment("", LONG)).output();
    String closed =
        shell(own + "mkdir $d/closed; touch $d/closed/x; chmod 0 $d/closed")
            .build()
            .run(assignment("", LONG))
            .output();

    assertThat(removed).contains("arbiter-agent");
    Path folder = Path.of(closed.strip());
    assertThat(folder.resolve("input")).doesNotExist();
    Path left = folder.resolve("closed");
    if (Files.exists(left)) { // who is not root cannot look into it
      Files.setPosixFilePermissions(left, PosixFilePermissions.fromString("rwx------"));
      Files.delete(left.resolve("x"));
      Files.delete(left);
      Files.delete(folder);
    }
  }

  @Test
  void a_payload_of_any_length_and_letters_goes_by_input_or_file() throws Exception {
    String payload = "\u00e4\u20ac\ud83d\ude00 --version\n".repeat(20_000);

    assertThat(shell("cat").payloadOnInput().build().run(assignment(payload, LONG)).output())
        .isEqualTo(payload);
    assertThat(
            ProcessAgent.builder("cat", "{taskFile}")
                .build()
                .run(assignment(payload, LONG))
                .output())
        .isEqualTo(payload);
    assertThatThrownBy(
            () -> ProcessAgent.builder("echo", "{task}").build().run(assignment(payload, LONG)))
        .hasMessageContaining("longer than 131071 bytes")
        .hasMessageContaining("{taskFile} or payloadOnInput()");
  }

  @Test
  void a_payload_is_no_option() throws Exception {
    assertThatThrownBy(
            () -> ProcessAgent.builder("git", "{task}").build().run(assignment("--version", LONG)))
        .hasMessageContaining("begins with a hyphen");
    assertThat(
            ProcessAgent.builder("printf", "--", "{task}")
                .build()
                .run(assignment("--version", LONG))
                .output())
        .isEqualTo("--version");
  }

  @Test
  void only_what_is_allowed_of_the_environment_is_handed_on() throws Exception {
    String output =
        ProcessAgent.builder("env")
            .environment("GIVEN", "1")
            .build()
            .run(assignment("", LONG))
            .output();

    assertThat(output.lines().map(line -> line.substring(0, line.indexOf('='))))
        .contains("PATH", "GIVEN")
        .allMatch(
            name ->
                name.matches(
                    "PATH|HOME|USER|LOGNAME|SHELL|TERM|TZ|TMPDIR|LANG|JAVA_HOME|LC_.*|GIVEN|"
                        + "ARBITER_PROCESS_TREE|ARBITER_CORRELATION_ID|PWD|SHLVL|_"));
    String other =
        System.getenv().keySet().stream()
            .filter(name -> !output.contains(name + "=") && !System.getenv(name).contains("\n"))
            .findFirst()
            .orElseThrow();
    assertThat(
            ProcessAgent.builder("env").inherit(other).build().run(assignment("", LONG)).output())
        .contains(other + "=");
  }

  @Test
  void what_was_used_up_is_read_from_the_output_of_a_failure_too() throws Exception {
    ProcessAgent.Builder agent =
        shell("echo cost 0.5; exit 2").usage(output -> Usage.cost(output.contains("0.5") ? .5 : 0));

    assertThatThrownBy(() -> agent.build().run(assignment("", LONG)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.usage()).isEqualTo(Usage.cost(.5)));
    Assignment late = assignment("", Duration.ofSeconds(1));
    assertThatThrownBy(
            () -> shell("echo 0.5; sleep 60").usage(o -> Usage.cost(.5)).build().run(late))
        .isInstanceOf(TimeoutException.class);
    assertThat(late.meter().total()).isEqualTo(Usage.cost(.5));
  }

  /** The tenant pays for an agent that another one was faster than. */
  @Test
  void what_an_interrupted_command_used_up_is_metered() throws Exception {
    ProcessAgent agent = agent("hang").usage(output -> Usage.cost(2)).build();
    Assignment assignment = assignment("", Duration.ofMinutes(1));
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> agent.run(assignment)).isInstanceOf(InterruptedException.class);
    assertThat(assignment.meter().total()).isEqualTo(Usage.cost(2));
  }

  @Test
  void the_words_of_a_command_name_the_task() throws Exception {
    Assignment assignment = assignment("mend", LONG);

    assertThat(
            ProcessAgent.builder("printf", "%s|", "{id}", "{type}", "{dir}", "{task}", "{other}")
                .directory(given -> dir)
                .build()
                .run(assignment)
                .output())
        .isEqualTo("T-1|fix|" + dir + "|mend|{other}|");
  }

  @Test
  void an_argument_may_be_as_long_as_the_system_takes() throws Exception {
    String longest = "x".repeat(131_071);
    ProcessAgent agent = ProcessAgent.builder("printf", "%s", "{task}").build();

    assertThat(agent.run(assignment(longest, LONG)).output()).isEqualTo(longest);
    assertThatThrownBy(() -> agent.run(assignment(longest + "x", LONG)))
        .hasMessageContaining("longer than 131071 bytes");
    assertThatThrownBy(() -> agent.run(assignment("a\0b", LONG)))
        .hasMessageContaining("holds a zero character");
  }

  @Test
  void a_hyphen_is_refused_only_where_it_would_make_an_option() throws Exception {
    ProcessAgent named = ProcessAgent.builder("printf", "%s", "task={task}").build();
    ProcessAgent fixed = ProcessAgent.builder("printf", "%s", "-{task}").build();

    assertThat(named.run(assignment("--version", LONG)).output()).isEqualTo("task=--version");
    assertThat(fixed.run(assignment("x", LONG)).output()).isEqualTo("-x");
  }

  @Test
  void an_output_may_be_as_long_as_its_limit() throws Exception {
    assertThat(shell("printf 12345").outputLimit(5).build().run(assignment("", LONG)).output())
        .isEqualTo("12345");
    assertThatThrownBy(
            () -> shell("printf 123456").outputLimit(5).build().run(assignment("", LONG)))
        .hasMessageContaining("wrote more than 5 bytes");
    assertThatThrownBy(() -> shell("").outputLimit(0))
        .hasMessage("output limit must be at least 1 byte, got 0");
    assertThat(shell("printf 1").outputLimit(1).build().run(assignment("", LONG)).output())
        .isEqualTo("1");
  }

  @Test
  void usage_that_cannot_be_read_is_none_and_the_work_counts() throws Exception {
    ProcessAgent agent =
        shell("echo done").usage(output -> Usage.cost(Double.parseDouble(output))).build();

    WorkReport report = agent.run(assignment("", LONG));

    assertThat(report.output()).isEqualTo("done\n");
    assertThat(report.usage()).isEqualTo(Usage.none());
  }

  @Test
  void the_usage_of_a_success_is_in_the_report_and_on_the_meter() throws Exception {
    Assignment assignment = assignment("", LONG);

    WorkReport report = shell("echo 1").usage(o -> Usage.cost(7)).build().run(assignment);

    assertThat(report.usage()).isEqualTo(Usage.cost(7));
    assertThat(assignment.meter().total()).isEqualTo(Usage.cost(7));
  }

  @Test
  void a_folder_that_is_not_there_is_named() {
    Path missing = dir.resolve("missing");
    ProcessAgent agent = shell("true").directory(given -> missing).build();

    assertThatThrownBy(() -> agent.run(assignment("", LONG)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the directory " + missing + " of agent 'cli' is no folder");
  }

  @Test
  void a_command_finds_the_ids_of_its_task_in_its_environment() throws Exception {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Task traced = Task.builder("fix").id("T-1").correlationId(parent).build();
    Assignment assignment = new Assignment(traced, "cli", 1, "", LONG);
    String script = "echo $ARBITER_CORRELATION_ID; echo $TRACEPARENT";

    assertThat(shell(script).build().run(assignment).output())
        .isEqualTo(parent + "\n" + assignment.traceparent().orElseThrow() + "\n");
    assertThat(
            shell("echo $TRACEPARENT")
                .environment("TRACEPARENT", "own")
                .build()
                .run(assignment)
                .output())
        .as("the host has the last word")
        .isEqualTo("own\n");
  }

  @Test
  void a_limit_of_usage_is_looked_for_only_in_a_failure() throws Exception {
    UsageLimit limit = UsageLimit.inWords(InstantSource.fixed(Instant.EPOCH), ZoneId.of("UTC"));
    String words = "echo 'usage limit reached|1749924000'; exit ";

    assertThat(shell(words + 0).usageLimit(limit).build().run(assignment("", LONG)).output())
        .contains("usage limit");
    assertThatThrownBy(() -> shell(words + 1).usageLimit(limit).build().run(assignment("", LONG)))
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> {
              assertThat(e.failure()).isEqualTo(FailureCause.QUOTA);
              assertThat(e.effect()).isEqualTo(AgentException.Effect.NONE);
              assertThat(e.retryAt()).contains(Instant.ofEpochSecond(1_749_924_000L));
            });
    assertThatThrownBy(() -> shell(words + 1).build().run(assignment("", LONG)))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.failure()).isEqualTo(FailureCause.AGENT_ERROR));
  }
}
