/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.internal.TraceIds;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.trace.TaskSpan.Point;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which event begins and ends which span; the events are written here, second by second. */
class OpenSpansTest {
  private static final Instant START = Instant.parse("2026-06-01T12:00:00Z");
  private static final long CLOCK = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();
  private static final Task TASK = Task.builder("fix").id("T-1").tenant("acme").build();
  private static final Finding FINDING = Finding.error("scope", "/a", "outside");
  private static final Verdict APPROVED = new Verdict.Approved(List.of(), 1, Seal.none());
  private static final Verdict DENIED = new Verdict.Denied(List.of(FINDING), Seal.none());
  private static final WorkReport DONE = WorkReport.of("done");
  private static final ApprovalRequest ASKED =
      ApprovalRequest.start(
          TASK, "sha256:1", Question.of("May it?").within(Duration.ofHours(1)), START);

  private final List<TaskSpan> spans = new ArrayList<>();
  private TaskSpans listener = TaskSpans.to(spans::add);
  private long second;

  /** A step now; the wall clock stands still, so that only the nano clock tells the time. */
  private Step step(int attempt, String agent) {
    long nanos = CLOCK + Duration.ofSeconds(second).toNanos();
    return new Step(TASK, attempt, agent, START, nanos);
  }

  private void hear(TaskEvent... events) {
    for (TaskEvent event : events) {
      listener.on(event);
    }
  }

  private void received() {
    hear(new TaskEvent.Received(step(0, "")));
  }

  private void executing(int attempt, String agent) {
    hear(new TaskEvent.Executing(step(attempt, agent)));
  }

  private void executed(int attempt, String agent) {
    hear(new TaskEvent.Executed(step(attempt, agent), DONE, 1));
  }

  private void verifying(int attempt, String agent) {
    hear(new TaskEvent.Verifying(step(attempt, agent)));
  }

  private void waiting(WaitReason reason) {
    hear(new TaskEvent.Waiting(step(1, "ada"), reason));
  }

  private void failed(int attempt, String agent, AttemptFailure failure) {
    hear(new TaskEvent.Routing(step(attempt, agent), Optional.of(failure)));
  }

  private void concluded(TaskResult result) {
    hear(new TaskEvent.Concluded(step(1, "ada"), result, Duration.ofSeconds(second).toNanos()));
  }

  private void completed() {
    concluded(new TaskResult.Completed(TASK, "ada", 1, DONE, APPROVED));
  }

  private TaskSpan only() {
    assertThat(spans).hasSize(1);
    return spans.get(0);
  }

  private List<String> names() {
    return spans.stream().map(TaskSpan::name).toList();
  }

  private static void assertTime(TaskSpan span, long from, long to) {
    assertThat(span.start()).isEqualTo(START.plusSeconds(from));
    assertThat(span.end()).isEqualTo(START.plusSeconds(to));
  }

  private static AttemptFailure failure(FailureCause cause, Optional<Verdict> verdict) {
    return new AttemptFailure(cause, "because", verdict);
  }

  @Test
  void an_attempt_lasts_from_the_call_to_the_report() {
    received();
    second = 1;
    executing(1, "ada");
    second = 5;
    executed(1, "ada");

    TaskSpan attempt = only();
    assertThat(attempt.name()).isEqualTo("invoke_agent ada");
    assertTime(attempt, 1, 5);
    assertThat(attempt.error()).isEmpty();
    assertThat(attempt.traceId()).isEqualTo(TASK.correlation());
    assertThat(attempt.spanId())
        .isEqualTo(TraceIds.span("acme", "T-1", TraceIds.attempt(1, "ada")));
    assertThat(attempt.parentId()).isEqualTo(TraceIds.span("acme", "T-1", ""));
    assertThat(attempt.attributes())
        .isEqualTo(
            Map.of(
                "gen_ai.operation.name", "invoke_agent",
                "gen_ai.provider.name", "arbiter",
                "gen_ai.agent.id", "ada",
                "gen_ai.agent.name", "ada",
                "arbiter.tenant", "acme",
                "arbiter.task", "T-1",
                "arbiter.attempt", 1L));
  }

  @Test
  void an_attempt_says_what_it_used_if_it_used_something() {
    received();
    executing(1, "ada");
    WorkReport report = DONE.withUsage(new Usage(10, 20, .5, Duration.ZERO));
    hear(new TaskEvent.Executed(step(1, "ada"), report, 1));

    assertThat(only().attributes())
        .containsEntry("gen_ai.usage.input_tokens", 10L)
        .containsEntry("gen_ai.usage.output_tokens", 20L)
        .containsEntry("arbiter.usage.cost", .5);
  }

  @Test
  void a_report_of_an_attempt_that_nobody_saw_begin_is_no_span() {
    received();
    executed(1, "ada");

    assertThat(spans).isEmpty();
  }

  @Test
  void a_judgement_is_one_gate_by_default() {
    Verdict waived = new Verdict.Waived(List.of(FINDING), List.of("w"), 1, Seal.none());
    received();
    second = 2;
    verifying(1, "ada");
    second = 3;
    hear(new TaskEvent.Verified(step(1, "ada"), waived));

    assertTime(only(), 2, 3);
    assertThat(only().name()).isEqualTo("execute_tool constitution");
    assertThat(only().attributes())
        .isEqualTo(
            Map.of(
                "gen_ai.operation.name", "execute_tool",
                "gen_ai.tool.name", "constitution",
                "gen_ai.tool.type", "extension",
                "arbiter.gate.state", "waived",
                "arbiter.tenant", "acme",
                "arbiter.task", "T-1",
                "arbiter.attempt", 1L));
    verifying(2, "bob");
    hear(new TaskEvent.Verified(step(2, "bob"), APPROVED));
    assertThat(spans.get(1).attributes()).containsEntry("arbiter.gate.state", "approved");
    assertThat(spans.get(1).spanId()).isNotEqualTo(spans.get(0).spanId());
  }

  @Test
  void a_denial_ends_the_judgement_with_an_error() {
    received();
    verifying(1, "ada");
    failed(1, "ada", failure(FailureCause.DENIED, Optional.of(DENIED)));

    assertThat(only().error()).contains("constitution is denied");
    assertThat(only().attributes())
        .containsEntry("error.type", "gate_failed")
        .containsEntry("arbiter.gate.state", "denied");
  }

  @Test
  void each_gate_has_its_own_name_and_error() {
    listener =
        listener.gates(
            verdict ->
                List.of(
                    new TaskSpans.Gate("tests", true, "passed"),
                    new TaskSpans.Gate("secrets", false, "failed")));
    received();
    verifying(1, "ada");
    hear(new TaskEvent.Verified(step(1, "ada"), APPROVED));

    assertThat(names()).containsExactly("execute_tool tests", "execute_tool secrets");
    assertThat(spans.get(0).error()).isEmpty();
    assertThat(spans.get(1).error()).contains("secrets is failed");
    assertThat(spans.get(0).spanId()).isNotEqualTo(spans.get(1).spanId());
  }

  @Test
  void a_verdict_without_a_judgement_is_no_span() {
    received();
    hear(new TaskEvent.Verified(step(1, "ada"), APPROVED));

    assertThat(spans).isEmpty();
  }

  @Test
  void work_that_is_set_aside_was_judged_unless_a_person_must_look() {
    received();
    verifying(1, "ada");
    hear(new TaskEvent.SetAside(step(1, "ada"), Optional.empty()));
    hear(new TaskEvent.Verified(step(1, "ada"), APPROVED));
    assertThat(spans).as("the judgement was broken off").isEmpty();

    verifying(2, "bob");
    hear(new TaskEvent.SetAside(step(2, "bob"), Optional.of(APPROVED)));
    assertThat(names()).containsExactly("execute_tool constitution");
    assertThat(only().attributes()).containsEntry("arbiter.attempt", 2L);
  }

  @Test
  void one_of_several_attempts_ends_alone() {
    received();
    executing(1, "ada");
    executing(2, "bob");
    second = 4;
    hear(
        new TaskEvent.AttemptEnded(
            step(1, "ada"),
            failure(FailureCause.SUPERSEDED, Optional.empty()),
            TaskState.EXECUTING));

    assertThat(only().name()).isEqualTo("invoke_agent ada");
    assertThat(only().attributes()).containsEntry("error.type", "superseded");
    assertThat(only().error()).contains("because");
    second = 6;
    executed(2, "bob");
    assertTime(spans.get(1), 0, 6);
  }

  @Test
  void an_attempt_that_ended_with_a_denial_has_its_gate() {
    received();
    verifying(1, "ada");
    verifying(2, "bob");
    hear(
        new TaskEvent.AttemptEnded(
            step(1, "ada"),
            failure(FailureCause.DENIED, Optional.of(DENIED)),
            TaskState.EXECUTING));

    assertThat(only().attributes()).containsEntry("arbiter.attempt", 1L);
    hear(new TaskEvent.Verified(step(2, "bob"), APPROVED));
    assertThat(names()).as("the other is judged on").hasSize(2);
  }

  @Test
  void a_failed_attempt_ends_with_its_cause_and_what_it_used() {
    received();
    executing(1, "ada");
    second = 2;
    failed(
        1,
        "ada",
        new AttemptFailure(
            FailureCause.AGENT_TIMEOUT, "too long", Optional.empty(), Usage.cost(3), ""));

    assertTime(only(), 0, 2);
    assertThat(only().error()).contains("too long");
    assertThat(only().attributes())
        .containsEntry("error.type", "agent_timeout")
        .containsEntry("arbiter.usage.cost", 3.0);
  }

  @Test
  void a_failure_ends_its_attempt_and_later_ones_and_no_earlier_one() {
    received();
    executing(1, "ada");
    executing(2, "bob");
    executing(3, "cyd");
    failed(2, "bob", failure(FailureCause.AGENT_ERROR, Optional.empty()));

    assertThat(names()).containsExactly("invoke_agent bob", "invoke_agent cyd");
    executed(1, "ada");
    assertThat(names()).contains("invoke_agent ada");
  }

  @Test
  void a_failure_breaks_every_judgement_off() {
    received();
    verifying(1, "ada");
    failed(2, "bob", failure(FailureCause.AGENT_ERROR, Optional.empty()));
    hear(new TaskEvent.Verified(step(1, "ada"), APPROVED));

    assertThat(spans).isEmpty();
  }

  @Test
  void the_first_routing_ends_nothing() {
    received();
    executing(1, "ada");
    hear(new TaskEvent.Routing(step(1, "ada"), Optional.empty()));

    assertThat(spans).isEmpty();
  }

  @Test
  void a_second_call_of_the_same_agent_is_a_point_of_the_same_attempt() {
    received();
    executing(1, "ada");
    second = 3;
    executing(1, "ada");
    second = 4;
    executed(1, "ada");

    assertTime(only(), 0, 4);
    assertThat(only().points())
        .containsExactly(new Point(START.plusSeconds(3), "arbiter.called_again", Map.of()));
  }

  @Test
  void another_agent_under_the_same_number_ends_the_attempt_before() {
    received();
    executing(1, "ada");
    second = 3;
    executing(1, "bob");

    assertThat(only().name()).isEqualTo("invoke_agent ada");
    assertThat(only().error()).isEmpty();
    assertTime(only(), 0, 3);
  }

  @Test
  void an_attempt_that_is_described_twice_has_two_ids() {
    received();
    for (int i = 0; i < 3; i++) {
      second = i;
      executing(1, "ada");
      executed(1, "ada");
    }

    assertThat(spans.stream().map(TaskSpan::spanId).distinct()).hasSize(3);
    assertThat(spans.get(0).spanId())
        .isEqualTo(TraceIds.span("acme", "T-1", TraceIds.attempt(1, "ada")));
  }

  /** Another process may have described it. */
  @Test
  void an_attempt_of_a_task_that_was_not_seen_from_its_start_has_another_id() {
    hear(new TaskEvent.Recovered(step(1, "ada"), TaskState.EXECUTING));
    executing(1, "ada");
    executed(1, "ada");

    assertThat(only().spanId())
        .isNotEqualTo(TraceIds.span("acme", "T-1", TraceIds.attempt(1, "ada")));
  }

  @Test
  void each_wait_says_for_what_and_until_when() {
    Instant later = START.plusSeconds(60);
    Map<String, WaitReason> reasons =
        Map.of(
            "approval", new WaitReason.Approval(ASKED),
            "input", new WaitReason.Input(ASKED, "", true),
            "budget", new WaitReason.Budget(ASKED, false),
            "quota", new WaitReason.Quota("ada", later),
            "retry", new WaitReason.Retry("ada", 1, later),
            "not_before", new WaitReason.NotBefore(later),
            "unknown_effect", new WaitReason.UnknownEffect("ada", 1));
    received();
    reasons.forEach(
        (word, reason) -> {
          spans.clear();
          waiting(reason);
          hear(new TaskEvent.Routing(step(1, "ada"), Optional.empty()));

          Map<String, Object> expected = new HashMap<>();
          expected.put("arbiter.tenant", "acme");
          expected.put("arbiter.task", "T-1");
          expected.put("arbiter.wait.reason", word);
          reason.until().ifPresent(until -> expected.put("arbiter.wait.until", until.toString()));
          reason.request().ifPresent(it -> expected.put("arbiter.wait.request", ASKED.id()));
          assertThat(only().name()).isEqualTo("arbiter.wait " + word);
          assertThat(only().attributes()).isEqualTo(expected);
        });
  }

  @Test
  void a_decision_is_a_point_of_the_wait_and_does_not_end_it() {
    Approval approval =
        new Approval(ASKED.id(), ASKED.point(), ASKED.digest(), Answer.deny("eve", "no"), START);
    received();
    hear(new TaskEvent.Decided(step(0, ""), approval));
    assertThat(spans).as("nothing waits").isEmpty();

    waiting(new WaitReason.Approval(ASKED));
    second = 2;
    hear(new TaskEvent.Decided(step(0, ""), approval));
    assertThat(spans).isEmpty();
    second = 3;
    hear(new TaskEvent.Resumed(step(0, "")));

    assertTime(only(), 0, 3);
    assertThat(only().points())
        .containsExactly(
            new Point(
                START.plusSeconds(2), "arbiter.decided", Map.of("arbiter.decision", "denied")));
  }

  @Test
  void another_audience_begins_another_wait() {
    received();
    waiting(new WaitReason.Approval(ASKED));
    second = 4;
    waiting(new WaitReason.Approval(ASKED.to("deputy", START)));
    second = 6;
    hear(new TaskEvent.Validating(step(0, "")));

    assertThat(names()).containsExactly("arbiter.wait approval", "arbiter.wait approval");
    assertTime(spans.get(0), 0, 4);
    assertTime(spans.get(1), 4, 6);
    assertThat(spans.get(0).spanId()).isNotEqualTo(spans.get(1).spanId());
  }

  @Test
  void a_wait_breaks_a_judgement_off() {
    received();
    verifying(1, "ada");
    waiting(new WaitReason.Approval(ASKED));
    hear(new TaskEvent.Verified(step(1, "ada"), APPROVED));

    assertThat(names()).containsExactly("arbiter.wait approval");
  }

  @Test
  void a_task_that_is_recovered_while_it_waits_goes_on_waiting() {
    hear(new TaskEvent.Recovered(step(0, ""), TaskState.WAITING));
    second = 5;
    hear(new TaskEvent.Recovered(step(0, ""), TaskState.WAITING));
    second = 7;
    hear(new TaskEvent.Validating(step(0, "")));

    assertThat(only().name()).isEqualTo("arbiter.wait recovered");
    assertTime(only(), 0, 7);
    assertThat(only().attributes()).containsEntry("arbiter.wait.reason", "recovered");
  }

  @Test
  void a_wait_whose_reason_is_known_keeps_it_over_a_recovery() {
    received();
    waiting(new WaitReason.NotBefore(START));
    hear(new TaskEvent.Recovered(step(0, ""), TaskState.WAITING));
    hear(new TaskEvent.Validating(step(0, "")));

    assertThat(names()).containsExactly("arbiter.wait not_before");
  }

  @Test
  void an_attempt_goes_on_over_a_recovery_and_a_judgement_does_not() {
    received();
    executing(1, "ada");
    verifying(2, "bob");
    second = 3;
    hear(new TaskEvent.Recovered(step(1, "ada"), TaskState.EXECUTING));
    hear(new TaskEvent.Verified(step(2, "bob"), APPROVED));
    assertThat(spans).isEmpty();
    second = 5;
    executed(1, "ada");

    assertTime(only(), 0, 5);
  }

  @Test
  void the_end_of_a_task_ends_all_that_is_open_and_then_the_task() {
    received();
    executing(1, "ada");
    executing(2, "bob");
    waiting(new WaitReason.Input(ASKED, "", true));
    second = 9;
    concluded(new TaskResult.Cancelled(TASK, "not needed", Usage.cost(2)));

    assertThat(names())
        .containsExactly(
            "arbiter.wait input",
            "invoke_agent ada",
            "invoke_agent bob",
            "invoke_workflow arbiter.task");
    assertThat(spans.get(1).attributes())
        .containsEntry("error.type", "cancelled")
        .containsEntry("arbiter.usage.cost", 2.0);
    assertThat(spans.get(3).error()).contains("not needed");
    spans.forEach(span -> assertTime(span, 0, 9));
  }

  @Test
  void a_task_is_a_workflow_from_its_submission_to_its_end() {
    second = 8;
    hear(new TaskEvent.Recovered(step(1, "ada"), TaskState.EXECUTING));
    second = 9;
    completed();

    TaskSpan root = only();
    assertThat(root.start()).isEqualTo(START.minusSeconds(8));
    assertThat(root.end()).isEqualTo(START.plusSeconds(1));
    assertThat(root.parentId()).isEmpty();
    assertThat(root.spanId()).isEqualTo(TraceIds.span("acme", "T-1", ""));
    assertThat(root.error()).isEmpty();
    assertThat(root.attributes())
        .isEqualTo(
            Map.of(
                "gen_ai.operation.name", "invoke_workflow",
                "gen_ai.workflow.name", "arbiter.task",
                "arbiter.tenant", "acme",
                "arbiter.task", "T-1",
                "arbiter.task.type", "fix",
                "arbiter.correlation", TASK.correlation(),
                "arbiter.attempts", 1L));
  }

  @Test
  void the_end_of_a_task_says_why_it_failed() {
    Map<TaskResult, String> ends =
        Map.of(
            new TaskResult.Rejected(TASK, List.of(FINDING)), "rejected: outside",
            new TaskResult.Failed(TASK, FailureCause.NO_AGENT, "nobody", 0, Optional.empty()),
                "no_agent: nobody",
            new TaskResult.Cancelled(TASK, "enough"), "cancelled: enough");
    ends.forEach(
        (result, why) -> {
          spans.clear();
          received();
          concluded(result);
          String type = String.valueOf(only().attributes().get("error.type"));
          assertThat(type + ": " + only().error().orElseThrow()).isEqualTo(why);
        });
  }

  @Test
  void an_end_by_a_denial_has_its_gate() {
    received();
    verifying(1, "ada");
    concluded(new TaskResult.Failed(TASK, FailureCause.DENIED, "outside", 1, Optional.of(DENIED)));

    assertThat(names())
        .containsExactly("execute_tool constitution", "invoke_workflow arbiter.task");
  }

  @Test
  void an_attempt_that_is_open_at_the_end_used_what_the_result_says() {
    received();
    executing(1, "ada");
    concluded(
        new TaskResult.Failed(
            TASK, FailureCause.DEADLINE, "late", 1, Optional.empty(), Usage.cost(4), ""));
    received();
    executing(1, "ada");
    concluded(new TaskResult.Completed(TASK, "ada", 1, DONE.withUsage(Usage.cost(5)), APPROVED));
    received();
    executing(1, "ada");
    concluded(new TaskResult.Rejected(TASK, List.of(FINDING)));

    assertThat(spans.get(0).attributes()).containsEntry("arbiter.usage.cost", 4.0);
    assertThat(spans.get(2).attributes()).containsEntry("arbiter.usage.cost", 5.0);
    assertThat(spans.get(4).attributes()).doesNotContainKey("arbiter.usage.cost");
  }

  @Test
  void nothing_ends_before_it_began() {
    received();
    second = 5;
    executing(1, "ada");
    second = 3;
    executed(1, "ada");
    assertTime(only(), 5, 5);

    hear(
        new TaskEvent.Concluded(
            step(1, "ada"), new TaskResult.Cancelled(TASK, "enough"), Long.MIN_VALUE));
    assertTime(spans.get(1), 3, 3);
  }

  @Test
  void tasks_of_two_tenants_with_one_id_are_two() {
    Task other = Task.builder("fix").id("T-1").tenant("beta").build();
    received();
    executing(1, "ada");
    hear(new TaskEvent.Executed(new Step(other, 1, "ada", START, CLOCK), DONE, 1));

    assertThat(spans).isEmpty();
    executed(1, "ada");
    assertThat(only().attributes()).containsEntry("arbiter.tenant", "acme");
  }

  @Test
  void the_end_of_a_task_is_described_without_its_beginning_and_nothing_is_kept() {
    executing(1, "ada");
    completed();
    spans.clear();
    completed();
    executed(1, "ada");

    assertThat(names()).containsExactly("invoke_workflow arbiter.task");
  }

  @Test
  void events_of_agents_are_no_spans() {
    listener.on(new AgentEvent.Registered(START, CLOCK, AgentProfile.of("ada")));

    assertThat(spans).isEmpty();
  }

  @Test
  void a_span_keeps_nothing_its_maker_can_change() {
    Map<String, Object> attributes = new HashMap<>(Map.of("a", 1L));
    Map<String, String> words = new HashMap<>(Map.of("b", "c"));
    List<Point> points = new ArrayList<>(List.of(new Point(START, "p", words)));
    TaskSpan span =
        new TaskSpan("t", "s", "", "n", START, START, attributes, points, Optional.empty());

    attributes.clear();
    words.clear();
    points.clear();

    assertThat(span.attributes()).containsEntry("a", 1L);
    assertThat(span.points()).containsExactly(new Point(START, "p", Map.of("b", "c")));
  }
}
