/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.HealthEvent;
import dev.arbiter.event.HealthEvent.Action;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.history.History;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waits, decisions of people and actions to recover, as a tracker and a history hear of them. */
class WaitingEventsTest {
  private static final Instant BEGIN = Instant.parse("2026-01-05T10:00:00Z");
  private static final Task TASK = Task.builder("fix").id("T-1").build();
  private static final ApprovalRequest REQUEST =
      new ApprovalRequest(
          "r-1",
          "default",
          "T-1",
          Point.INPUT,
          1,
          "ada",
          Question.of("Which?"),
          "",
          "sha256:ab",
          BEGIN,
          BEGIN);

  private long nanos;
  private final List<FinishedAttempt> finished = new ArrayList<>();

  private Step step() {
    return new Step(TASK, 1, "ada", BEGIN.plusNanos(nanos), nanos);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private Sources sources() {
    return new Sources(() -> BEGIN.plusNanos(nanos), () -> nanos, new SplittableRandom(1));
  }

  private PerformanceTracker tracker() {
    return PerformanceTracker.builder().sources(sources()).listener(finished::add).build();
  }

  private void fail(PerformanceTracker tracker, FailureCause cause) {
    tracker.on(
        new TaskEvent.Routing(
            step(), Optional.of(new AttemptFailure(cause, "down", Optional.empty()))));
  }

  @Test
  void the_time_in_which_an_agent_waits_for_an_answer_is_not_its_own() {
    try (PerformanceTracker tracker = tracker()) {
      tracker.on(new TaskEvent.Executing(step()));
      pass(Duration.ofSeconds(2));
      tracker.on(new TaskEvent.Waiting(step(), new WaitReason.Input(REQUEST, "", true)));
      pass(Duration.ofHours(5));
      tracker.on(
          new TaskEvent.Decided(
              step(), new Approval("r-1", Point.INPUT, "", Answer.approve("eve"), BEGIN)));
      tracker.on(new TaskEvent.Resumed(step()));
      pass(Duration.ofSeconds(3));
      fail(tracker, FailureCause.AGENT_ERROR);
      tracker.flush();

      assertThat(finished).extracting(FinishedAttempt::time).containsExactly(Duration.ofSeconds(5));
      assertThat(tracker.events().counts())
          .containsEntry("task_waiting", 1L)
          .containsEntry("human_review", 1L);
    }
  }

  @Test
  void a_task_that_ends_while_its_agent_waits_has_worked_until_then() {
    try (PerformanceTracker tracker = tracker()) {
      tracker.on(new TaskEvent.Executing(step()));
      pass(Duration.ofSeconds(2));
      tracker.on(new TaskEvent.Waiting(step(), new WaitReason.Input(REQUEST, "", true)));
      pass(Duration.ofHours(5));
      tracker.on(
          new TaskEvent.Concluded(
              step(),
              new TaskResult.Failed(
                  TASK, FailureCause.AGENT_TIMEOUT, "late", 1, Optional.empty(), Usage.none(), ""),
              nanos));
      tracker.flush();

      assertThat(finished).extracting(FinishedAttempt::time).containsExactly(Duration.ofSeconds(2));
    }
  }

  @Test
  void a_call_that_is_made_again_counts_once_and_from_its_last_beginning() {
    try (PerformanceTracker tracker = tracker()) {
      tracker.on(new TaskEvent.Executing(step()));
      pass(Duration.ofSeconds(2));
      tracker.on(new TaskEvent.Waiting(step(), new WaitReason.Retry("ada", 1, BEGIN)));
      pass(Duration.ofHours(1));
      tracker.on(new TaskEvent.Executing(step()));
      pass(Duration.ofSeconds(3));
      fail(tracker, FailureCause.AGENT_ERROR);
      tracker.flush();

      assertThat(finished).extracting(FinishedAttempt::time).containsExactly(Duration.ofSeconds(3));
    }
  }

  @Test
  void an_attempt_with_an_unknown_effect_has_failed() {
    try (PerformanceTracker tracker = tracker()) {
      tracker.on(new TaskEvent.Executing(step()));
      pass(Duration.ofSeconds(2));
      tracker.on(new TaskEvent.Waiting(step(), new WaitReason.UnknownEffect("ada", 1)));
      pass(Duration.ofHours(1));
      tracker.on(
          new TaskEvent.Concluded(step(), new TaskResult.Cancelled(TASK, "given up"), nanos));
      tracker.flush();

      assertThat(finished).extracting(FinishedAttempt::time).containsExactly(Duration.ofSeconds(2));
      assertThat(finished.get(0).stands()).isFalse();
    }
  }

  private static List<ArbiterEvent> recovery() {
    return List.of(
        new HealthEvent(BEGIN, 0, "ada", Action.ISOLATE, true, "silent"),
        new HealthEvent(BEGIN, 0, "ada", Action.RESTART, false, "no container"),
        new HealthEvent(BEGIN, 0, "task_orchestrator", Action.SHED, true, "5 tasks"));
  }

  @Test
  void actions_to_recover_are_counted_by_the_names_of_the_vocabulary() {
    try (PerformanceTracker tracker = tracker()) {
      recovery().forEach(tracker::on);

      assertThat(tracker.events().counts())
          .containsEntry("anomaly_detected", 1L)
          .containsEntry("recovery_action", 1L)
          .containsEntry("system_load_spike", 1L);
    }
  }

  @Test
  void a_history_keeps_what_an_attempt_does_not_tell(@TempDir Path folder) throws Exception {
    try (History history = History.open(folder)) {
      history.on(new TaskEvent.Executing(step()));
      history.on(new TaskEvent.Waiting(step(), new WaitReason.Quota("ada", BEGIN)));
      history.on(
          new TaskEvent.Decided(
              step(), new Approval("r-1", Point.INPUT, "", Answer.deny("eve", "secret"), BEGIN)));
      history.on(
          new AgentEvent.StatusChanged(
              BEGIN, 0, "ada", Status.AVAILABLE, Status.EJECTED, Optional.of(BEGIN)));
      recovery().forEach(history::on);
      assertThat(history.flush()).isTrue();

      List<String> lines = new ArrayList<>();
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(one -> one.toString().endsWith(".jsonl")).toList()) {
          lines.addAll(Files.readAllLines(file));
        }
      }
      assertThat(lines).hasSize(6);
      assertThat(lines.get(0)).contains("task_waiting", "Quota", BEGIN.toString(), "T-1");
      assertThat(lines.get(1)).contains("human_review", "DENIED").doesNotContain("eve", "secret");
      assertThat(lines.get(2)).contains("agent_status_change", "EJECTED");
      assertThat(lines.get(3)).contains("recovery_action", "ISOLATE", "true");
      assertThat(lines.get(4)).contains("recovery_action", "RESTART", "false", "no container");
      assertThat(lines.get(5)).contains("recovery_action", "SHED");
      assertThat(history.verify().holds()).isTrue();
    }
  }
}
