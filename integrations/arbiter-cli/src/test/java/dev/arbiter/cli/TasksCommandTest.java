/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.arbiter.AfterCrash;
import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.sqlite.SqliteStore;
import dev.arbiter.task.Admission;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TasksCommandTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final AgentProfile ADA = AgentProfile.of("ada");

  @TempDir Path folder;
  private Path file = Path.of("");

  private ArbiterBuilder over(Path store) {
    return Arbiter.builder()
        .withoutConstitution()
        .closeLimit(Duration.ZERO)
        .store(SqliteStore.at(store, Duration.ofDays(10_000)));
  }

  /** Of a dead process: T-1 has ended, an agent worked at T-2, T-3 waits. */
  @BeforeEach
  void tasksOfDeadProcess() throws Exception {
    Path living = folder.toRealPath().resolve("living.db");
    CountDownLatch working = new CountDownLatch(1);
    try (Arbiter arbiter =
        over(living)
            .concurrency(1)
            .asyncAgent(
                ADA,
                assignment -> {
                  if (assignment.task().id().equals("T-1")) {
                    return CompletableFuture.completedFuture(WorkReport.of("done"));
                  }
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build()) {
      arbiter.submit(Task.builder("refactor").id("T-1").payload("first").build()).await(SOON);
      arbiter.submit(Task.builder("refactor").id("T-2").idempotencyKey("k").build());
      arbiter.submit(Task.builder("review").id("T-3").tenant("acme").payload("it's").build());
      assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
      file = folder.toRealPath().resolve("tasks.db");
      for (String end : List.of("", "-wal")) {
        Files.copy(Path.of(living + end), Path.of(file + end), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Test
  void list_shows_each_task_on_a_line() {
    Run run = Run.of("tasks", "list", "--store", file);

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out().lines())
        .hasSize(3)
        .anyMatch(line -> line.contains("COMPLETED T-1 default refactor attempt 1 ada"))
        .anyMatch(line -> line.contains("EXECUTING T-2 default refactor attempt 1 ada"))
        .anyMatch(line -> line.contains("RECEIVED T-3 acme review attempt 0"));
    assertThat(Run.of("tasks", "list", "--store", file, "--state", "executing").out())
        .contains("T-2")
        .hasLineCount(1);
    assertThat(Run.of("tasks", "list", "--store", file, "--limit", 2).out()).hasLineCount(2);
    assertThat(
            Run.of("tasks", "list", "--store", file, "--tenant", "acme", "--format", "json").json())
        .hasSize(1)
        .allSatisfy(task -> assertThat(task.get("id").asText()).isEqualTo("T-3"));
  }

  @Test
  void show_has_the_task_its_steps_and_its_end() {
    Run run = Run.of("tasks", "show", "T-1", "--store", file);

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains("payload: first", "state: COMPLETED", "output: done")
        .containsSubsequence("Received", "Executing ada#1", "Executed ada#1", "Concluded ada#1");
    JsonNode json =
        Run.of("tasks", "show", "T-3", "--store", file, "--tenant", "acme", "--format", "json")
            .json()
            .get(0);
    assertThat(json.get("payload").asText()).isEqualTo("it's");
    assertThat(json.get("steps")).hasSize(1);
    assertThat(Run.of("tasks", "show", "T-9", "--store", file))
        .satisfies(
            unknown -> {
              assertThat(unknown.code()).isEqualTo(2);
              assertThat(unknown.err()).contains("task 'T-9' of tenant 'default' is not in");
            });
  }

  @Test
  void show_has_the_terms_of_a_task_and_what_ties_its_traces_together() {
    Instant later = Instant.parse("2090-01-01T00:00:00Z");
    try (Arbiter arbiter = over(file).agent(ADA, assignment -> WorkReport.of("done")).build()) {
      arbiter.submit(
          Task.builder("refactor")
              .id("T-4")
              .correlationId("trace-7")
              .notBefore(later)
              .approval(Question.of("May it?"))
              .budget(TaskBudget.ofCost(3).withCalls(2))
              .attemptLimit(Duration.ofMinutes(5))
              .bestOf(2)
              .build());
    }
    assertThat(Run.of("tasks", "show", "T-4", "--store", file).out())
        .contains("correlation: trace-7", "notBefore: " + later, "approval: May it?")
        .contains("budget: {cost=3.0, calls=2, atLimit=STOP}", "attemptLimit: PT5M", "bestOf: 2")
        .doesNotContain("deadlinePauses", "hedged");
    assertThat(Run.of("tasks", "show", "T-1", "--store", file).out())
        .containsPattern("correlation: [0-9a-f]{32}\\R")
        .doesNotContain("budget", "bestOf");
  }

  @Test
  void the_help_names_what_an_option_takes() {
    for (String command : List.of("list", "show", "cancel", "export")) {
      assertThat(Run.of("tasks", command, "--help").out())
          .contains("--store=FILE")
          .doesNotContainPattern("<\\w+>");
    }
  }

  /** An id is free again when its task has ended. */
  @Test
  void show_has_the_newest_task_of_an_id_that_was_used_again() throws Exception {
    try (Arbiter arbiter = over(file).agent(ADA, assignment -> WorkReport.of("again")).build()) {
      arbiter.submit(Task.builder("refactor").id("T-1").payload("second").build()).await(SOON);
    }
    assertThat(Run.of("tasks", "show", "T-1", "--store", file).out())
        .contains("payload: second", "output: again");

    // As if the clock had been an hour ahead when the first one ended.
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(
          "UPDATE ended SET id = id + (3600 << 30), at = at + 3600000"
              + " WHERE id = (SELECT min(id) FROM ended WHERE task = 'T-1')");
    }
    assertThat(Run.of("tasks", "show", "T-1", "--store", file).out())
        .contains("payload: second", "output: again");

    try (Arbiter arbiter =
        over(file).asyncAgent(ADA, assignment -> new CompletableFuture<>()).build()) {
      arbiter.submit(Task.builder("refactor").id("T-1").payload("third").build());
      assertThat(Run.of("tasks", "show", "T-1", "--store", file).out())
          .contains("payload: third", "state: ")
          .doesNotContain("output: ", "state: COMPLETED");
    }
  }

  @Test
  void export_prints_every_task_as_json() {
    Run run = Run.of("tasks", "export", "--store", file);

    assertThat(run.code()).isZero();
    assertThat(run.json().stream().map(task -> task.get("id").asText()))
        .containsExactlyInAnyOrder("T-1", "T-2", "T-3");
  }

  @Test
  void a_cancelled_task_stays_cancelled_for_the_next_arbiter() throws Exception {
    Run run = Run.of("tasks", "cancel", "T-2", "--store", file, "--reason", "done by hand");

    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("task 'T-2' of tenant 'default' is cancelled");
    assertThat(Run.of("tasks", "show", "T-2", "--store", file).out())
        .contains("state: CANCELLED", "reason: done by hand", "Concluded ada#1: done by hand");
    assertThat(Run.of("tasks", "cancel", "T-2", "--store", file, "--reason", "again").code())
        .isEqualTo(1);
    try (Arbiter next =
        over(file)
            .afterCrash("refactor", AfterCrash.RUN_AGAIN)
            .agent(ADA, assignment -> WorkReport.of("ran"))
            .build()) {
      TaskResult end = next.find("default", "T-2").orElseThrow().await(SOON);
      assertThat(end).isInstanceOf(TaskResult.Cancelled.class);
      assertThat(((TaskResult.Cancelled) end).reason()).isEqualTo("done by hand");
      Task again = Task.builder("refactor").id("T-2").idempotencyKey("k").build();
      assertThat(next.submit(again).await(SOON)).isEqualTo(end);
      assertThat(next.find("acme", "T-3").orElseThrow().await(SOON))
          .isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void a_task_that_has_handed_in_work_is_left_to_an_arbiter() throws Exception {
    CountDownLatch judging = new CountDownLatch(1);
    Path living = folder.toRealPath().resolve("judged.db");
    Path copy = folder.toRealPath().resolve("copy.db");
    try (Arbiter arbiter =
        Arbiter.builder()
            .constitution(new Undecided(judging))
            .closeLimit(Duration.ZERO)
            .store(SqliteStore.at(living))
            .agent(ADA, assignment -> WorkReport.of("worked"))
            .build()) {
      arbiter.submit(Task.builder("refactor").id("T-6").build());
      assertThat(judging.await(20, TimeUnit.SECONDS)).isTrue();
      for (String end : List.of("", "-wal")) {
        Files.copy(Path.of(living + end), Path.of(copy + end));
      }
    }

    Run run = Run.of("tasks", "cancel", "T-6", "--store", copy, "--reason", "no");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains("task 'T-6' of tenant 'default' has handed in work", "start the arbiter over");
    assertThat(Run.of("tasks", "show", "T-6", "--store", copy).out())
        .contains("state: EXECUTION_COMPLETE", "output: worked");
  }

  /** A constitution that does not come to a verdict. */
  private record Undecided(CountDownLatch asked) implements Constitution {
    @Override
    public Admission admit(Task task) {
      return new Admission.Admitted("", List.of());
    }

    @Override
    public String specDigest(Task task) {
      return "";
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      asked.countDown();
      try {
        Thread.sleep(60_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IllegalStateException("no verdict");
    }
  }

  @Test
  void beside_a_living_owner_tasks_are_read_and_not_cancelled() throws Exception {
    try (Arbiter owner = over(file).agent(ADA, assignment -> WorkReport.of("ran")).build()) {
      owner.find("acme", "T-3").orElseThrow().await(SOON);

      assertThat(Run.of("tasks", "list", "--store", file).out()).hasLineCount(3);
      assertThat(Run.of("tasks", "show", "T-2", "--store", file).out()).contains("waitsFor");
      Run run = Run.of("tasks", "cancel", "T-2", "--store", file, "--reason", "no");
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err())
          .contains("is owned by process " + ProcessHandle.current().pid())
          .hasLineCount(1);
      Task more = Task.builder("refactor").id("T-4").build();
      assertThat(owner.submit(more).await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void a_damaged_record_is_named_and_the_others_are_read() throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE ended SET value = zeroblob(60)");
    }

    Run run = Run.of("tasks", "export", "--store", file);

    assertThat(run.code()).isEqualTo(3);
    assertThat(run.json()).hasSize(3);
    assertThat(run.err()).contains("1 tasks have a damaged record");
    assertThat(Run.of("tasks", "show", "T-1", "--store", file).code()).isEqualTo(3);
  }

  @Test
  void a_task_that_waits_for_a_person_shows_its_request() throws Exception {
    Question question =
        Question.of("May it begin?").showing("drop table users").to("desk", "lead").within(SOON);
    ApprovalRequest asked;
    try (Arbiter owner = over(file).agent(ADA, assignment -> WorkReport.of("ran")).build()) {
      owner.submit(Task.builder("drop").id("T-5").approval(question).build());
      while (owner.approvals().open().isEmpty()) {
        Thread.sleep(5);
      }
      asked = owner.approvals().open().get(0);
      Run list = Run.of("tasks", "list", "--store", file, "--state", "waiting");

      assertThat(list.out().lines().filter(line -> line.contains("T-5")))
          .singleElement()
          .asString()
          .contains(
              "asks desk until " + asked.expiresAt() + ": May it begin?",
              asked.id(),
              asked.digest());
    }

    assertThat(Run.of("tasks", "show", "T-5", "--store", file).out())
        .contains(
            "waitsFor: Approval",
            "request id: " + asked.id(),
            "request question: May it begin?",
            "request shown: drop table users",
            "request audience: desk",
            "request expires: " + asked.expiresAt(),
            "request digest: " + asked.digest());
    JsonNode listed =
        Run.of("tasks", "list", "--store", file, "--format", "json").json().stream()
            .filter(task -> task.get("id").asText().equals("T-5"))
            .findAny()
            .orElseThrow();
    JsonNode shown =
        Run.of("tasks", "show", "T-5", "--store", file, "--format", "json").json().get(0);
    assertThat(listed.get("request")).isEqualTo(shown.get("request"));
    assertThat(listed.get("request").get("digest").asText()).isEqualTo(asked.digest());
    assertThat(Run.of("tasks", "--help").out()).contains("Arbiter.approvals()");
  }
}
