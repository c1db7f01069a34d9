/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What logs and messages show of a task: what its caller set, and no long or secret text. */
class TaskTextTest {
  @Test
  void a_task_shows_what_was_set_only() {
    assertThat(Task.builder("fix").id("T-1").build()).hasToString("Task[id=T-1, type=fix]");
  }

  @Test
  void everything_that_was_set_is_shown() {
    Task task =
        Task.builder("fix")
            .id("T-1")
            .tenant("acme")
            .priority(7)
            .requires("sql", "java")
            .spec(SpecRef.id("FEAT-1"))
            .payload("do it")
            .deadline(Duration.ofMinutes(5))
            .idempotencyKey("k-1")
            .correlationId("c-1")
            .bestOf(3)
            .build();
    assertThat(task)
        .hasToString(
            "Task[id=T-1, type=fix, tenant=acme, priority=7, capabilities=[java, sql],"
                + " spec=Id[id=FEAT-1], payload=5 characters, deadline=PT5M, idempotencyKey=k-1,"
                + " terms=Terms[bestOf=3], correlationId=c-1]");
  }

  @Test
  void payloads_and_texts_of_specs_stay_out_of_logs() {
    Task task =
        Task.builder("fix")
            .spec(SpecRef.text("token: s3cret"))
            .payload("s3cret".repeat(999))
            .build();
    assertThat(task.toString())
        .doesNotContain("s3cret")
        .contains("spec=Text[13 characters]")
        .contains("payload=5,994 characters");
  }

  @Test
  void a_budget_shows_its_limits_only() {
    assertThat(TaskBudget.none()).hasToString("TaskBudget[none]");
    assertThat(TaskBudget.ofCost(2.5).withTokens(9)).hasToString("TaskBudget[cost=2.5, tokens=9]");
    assertThat(
            TaskBudget.none()
                .withTime(Duration.ofSeconds(3))
                .withAttempts(2)
                .withCalls(4)
                .atLimit(TaskBudget.AtLimit.ASK))
        .hasToString("TaskBudget[time=PT3S, attempts=2, calls=4, atLimit=ASK]");
  }

  @Test
  void terms_show_what_differs() {
    assertThat(Terms.none()).hasToString("Terms[none]");
    Terms all =
        Terms.none()
            .withNotBefore(Instant.EPOCH)
            .withBudget(TaskBudget.ofCost(1))
            .withPausingDeadline()
            .withAttemptLimit(Duration.ofSeconds(1))
            .withHedging();
    assertThat(all)
        .hasToString(
            "Terms[notBefore=1970-01-01T00:00:00Z, budget=TaskBudget[cost=1.0], deadlinePauses,"
                + " attemptLimit=PT1S, hedged]");
  }
}
