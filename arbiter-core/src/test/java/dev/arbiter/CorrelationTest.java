/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.ProcessAgent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One id from submission to verdict. */
class CorrelationTest {
  private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final AgentProfile ADA = AgentProfile.of("ada");

  private final WaitingWorld world = new WaitingWorld();
  private final List<String> seen = new ArrayList<>();

  private WorkReport work(Assignment assignment) {
    seen.add(assignment.correlation());
    return WorkReport.of("done");
  }

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  @Test
  void without_one_it_is_derived_from_tenant_and_id() {
    String own = task().build().correlation();

    assertThat(own)
        .matches("[0-9a-f]{32}")
        .isEqualTo(task().payload("other").build().correlation());
    assertThat(task().tenant("acme").build().correlation()).isNotEqualTo(own);
    assertThat(task().build().withId("T-2").correlation()).isNotEqualTo(own);
    assertThat(task().correlationId(TRACE).build().correlation()).isEqualTo(TRACE);
  }

  @Test
  void one_that_would_break_a_header_or_a_log_line_is_refused() {
    assertThat(task().correlationId("x".repeat(256)).build().correlation()).hasSize(256);
    for (String bad : List.of("x".repeat(257), "a\nb", "a\u007fb", "\u00e4", "a\0")) {
      assertThatThrownBy(() -> task().correlationId(bad).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("task.correlationId");
    }
  }

  @Test
  void every_event_and_every_attempt_has_it() throws Exception {
    Set<String> events = new HashSet<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  WorkReport unused = work(assignment);
                  throw new IllegalStateException("down");
                })
            .agent(AgentProfile.of("bob"), this::work)
            .listener(
                event -> {
                  if (event instanceof TaskEvent step) {
                    events.add(step.correlation());
                  }
                })
            .build()) {
      arbiter.submit(task().correlationId(TRACE).build()).await(SOON);
    }

    assertThat(seen).containsExactly(TRACE, TRACE);
    assertThat(events).containsExactly(TRACE);
  }

  @Test
  void it_is_the_same_after_a_restart() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first = world.arbiter(disk).agent(ADA, this::work).build()) {
      Question question = Question.of("May it?").within(Duration.ofHours(1));
      first.submit(task().correlationId(TRACE).approval(question).build());
      first.submit(task().id("T-2").approval(question).build());
      WaitingWorld.until(() -> first.approvals().open().size() == 2);
    }

    try (Arbiter second = world.arbiter(disk.cut()).agent(ADA, this::work).build()) {
      WaitingWorld.until(() -> second.approvals().open().size() == 2);
      TaskHandle given = second.find("default", "T-1").orElseThrow();
      TaskHandle derived = second.find("default", "T-2").orElseThrow();
      second
          .approvals()
          .open()
          .forEach(request -> second.approvals().decide(request, Answer.approve("eve")));
      TaskResult ended = given.await(SOON);
      derived.await(SOON);

      assertThat(seen).containsExactlyInAnyOrder(TRACE, task().id("T-2").build().correlation());
      assertThat(ended.task().correlation()).isEqualTo(TRACE);
      assertThat(second.find("default", "T-1").orElseThrow().task().correlation()).isEqualTo(TRACE);
    }
  }

  /** A caller that tries again is in another trace, and means the same task. */
  @Test
  void it_is_no_part_of_what_an_idempotency_key_stands_for() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::work).build()) {
      TaskHandle first = arbiter.submit(task().idempotencyKey("k").correlationId(TRACE).build());
      TaskHandle again = arbiter.submit(task().idempotencyKey("k").correlationId("other").build());

      assertThat(again).isSameAs(first);
      assertThat(again.task().correlation()).isEqualTo(TRACE);
      assertThat(seen).containsExactly(TRACE);
    }
  }

  @Test
  void a_command_finds_it_in_its_environment(@TempDir Path folder) throws Exception {
    ProcessAgent printenv =
        ProcessAgent.builder("printenv", "ARBITER_CORRELATION_ID")
            .directory(assignment -> folder)
            .build();

    WorkReport report =
        printenv.run(
            new Assignment(
                task().correlationId(TRACE).build(), "cli", 1, "", Duration.ofSeconds(30)));

    assertThat(report.output().strip()).isEqualTo(TRACE);
  }
}
