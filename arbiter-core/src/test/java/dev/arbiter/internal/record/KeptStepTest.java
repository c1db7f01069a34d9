/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a store keeps of each event, in plain values. */
class KeptStepTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Task TASK = Task.builder("fix").id("T-1").build();
  private static final Step STEP = new Step(TASK, 2, "ada", NOW, 7);
  private static final Finding FINDING = Finding.error("scope", "/a", "outside");
  private static final Usage USAGE = Usage.cost(3);
  private static final RoutingDecision DECISION = new KeptDecision(1, "ada", "ucb1");
  private static final Verdict APPROVED = new Verdict.Approved(List.of(), .5, Seal.none());
  private static final AttemptFailure FAILURE =
      new AttemptFailure(FailureCause.AGENT_ERROR, "down", Optional.empty(), USAGE, "");

  private static ApprovalRequest asked(String question) {
    return ApprovalRequest.start(TASK, "sha256:1", Question.of(question), NOW);
  }

  private static KeptStep kept(TaskEvent event) {
    KeptStep kept = KeptStep.of(event);
    assertThat(kept.at()).isEqualTo(NOW);
    assertThat(kept.attempt()).isEqualTo(2);
    assertThat(kept.agent()).isEqualTo("ada");
    assertThat(kept.name()).isEqualTo(event.getClass().getSimpleName());
    assertThat(kept.state()).isEqualTo(event.state().name());
    return kept;
  }

  private static void assertPlain(TaskEvent event, String detail) {
    KeptStep kept = kept(event);
    assertThat(kept.detail()).isEqualTo(detail);
    assertThat(kept.quality()).isZero();
    assertThat(kept.usage()).isEqualTo(Usage.none());
  }

  @Test
  void a_step_that_says_nothing_more_has_no_detail() {
    assertPlain(new TaskEvent.Received(STEP), "");
    assertPlain(new TaskEvent.Validating(STEP), "");
    assertPlain(new TaskEvent.Routing(STEP, Optional.empty()), "");
    assertPlain(new TaskEvent.Executing(STEP), "");
    assertPlain(new TaskEvent.Verifying(STEP), "");
    assertPlain(new TaskEvent.Resumed(STEP), "");
    assertPlain(new TaskEvent.SetAside(STEP, Optional.empty()), "");
    assertPlain(new TaskEvent.Recovered(STEP, TaskState.ROUTED), "");
  }

  @Test
  void a_choice_names_its_policy_and_an_admission_its_digest() {
    assertPlain(new TaskEvent.Routed(STEP, DECISION), "ucb1");
    assertPlain(new TaskEvent.Joined(STEP, DECISION), "ucb1");
    assertPlain(
        new TaskEvent.Approved(STEP, new Admission.Admitted("sha256:1", List.of())), "sha256:1");
  }

  @Test
  void a_failed_attempt_has_its_cause_its_message_and_its_usage() {
    for (TaskEvent event :
        List.of(
            new TaskEvent.Routing(STEP, Optional.of(FAILURE)),
            new TaskEvent.AttemptEnded(STEP, FAILURE, TaskState.EXECUTING))) {
      assertThat(kept(event).detail()).isEqualTo("AGENT_ERROR: down");
      assertThat(kept(event).usage()).isEqualTo(USAGE);
      assertThat(kept(event).endsAttempt()).isTrue();
    }
  }

  @Test
  void only_a_failure_ends_an_attempt() {
    assertThat(kept(new TaskEvent.Routing(STEP, Optional.empty())).endsAttempt()).isFalse();
    assertThat(kept(new TaskEvent.Routed(STEP, DECISION)).endsAttempt()).isFalse();
    assertThat(kept(new TaskEvent.Executing(STEP)).endsAttempt()).isFalse();
  }

  @Test
  void a_report_has_its_usage() {
    KeptStep kept = kept(new TaskEvent.Executed(STEP, WorkReport.of("done").withUsage(USAGE), 1));

    assertThat(kept.usage()).isEqualTo(USAGE);
    assertThat(kept.detail()).as("the output is in the progress").isEmpty();
  }

  @Test
  void a_verdict_has_its_kind_its_quality_and_the_digest_of_its_seal() {
    Seal seal = new Seal("{}", "sha256:9", "", "");
    Verdict waived = new Verdict.Waived(List.of(FINDING), List.of("w"), .25, seal);

    assertThat(kept(new TaskEvent.Verified(STEP, APPROVED)).detail()).isEqualTo("approved");
    assertThat(kept(new TaskEvent.Verified(STEP, APPROVED)).quality()).isEqualTo(.5);
    assertThat(kept(new TaskEvent.Verified(STEP, waived)).detail()).isEqualTo("waived sha256:9");
    KeptStep aside = kept(new TaskEvent.SetAside(STEP, Optional.of(waived)));
    assertThat(aside.detail()).isEqualTo("waived sha256:9");
    assertThat(aside.quality()).isEqualTo(.25);
  }

  @Test
  void a_wait_has_its_kind_and_what_is_asked_but_not_what_is_shown() {
    ApprovalRequest asked =
        ApprovalRequest.start(TASK, "", Question.of("May it?").showing("secret"), NOW);

    assertPlain(
        new TaskEvent.Waiting(STEP, new WaitReason.Approval(asked)),
        "Approval " + asked.id() + ": May it?");
    assertThat(kept(new TaskEvent.Waiting(STEP, new WaitReason.NotBefore(NOW))).detail())
        .isEqualTo("NotBefore[moment=2026-06-01T12:00:00Z]");
  }

  @Test
  void a_long_question_is_kept_in_brief() {
    String fits = "x".repeat(200);

    assertThat(kept(new TaskEvent.Waiting(STEP, new WaitReason.Approval(asked(fits)))).detail())
        .endsWith(": " + fits);
    assertThat(
            kept(new TaskEvent.Waiting(STEP, new WaitReason.Approval(asked(fits + "y")))).detail())
        .endsWith(": " + fits + "...");
  }

  @Test
  void a_decision_says_who_decided_what_and_why() {
    Approval denial =
        new Approval("r-1", ApprovalRequest.Point.START, "", Answer.deny("eve", "too wide"), NOW);

    assertPlain(new TaskEvent.Decided(STEP, denial), "DENIED by eve: too wide");
  }

  private static KeptStep ended(TaskResult result) {
    return kept(new TaskEvent.Concluded(STEP, result, 1));
  }

  @Test
  void each_end_says_why() {
    WorkReport report = WorkReport.of("done").withUsage(USAGE);
    KeptStep done = ended(new TaskResult.Completed(TASK, "ada", 2, report, APPROVED));
    KeptStep failed =
        ended(
            new TaskResult.Failed(
                TASK, FailureCause.DEADLINE, "late", 2, Optional.empty(), USAGE, "trace"));
    KeptStep cancelled = ended(new TaskResult.Cancelled(TASK, "not needed", USAGE));
    KeptStep rejected = ended(new TaskResult.Rejected(TASK, List.of(FINDING)));

    assertThat(done.detail()).isEqualTo("approved");
    assertThat(done.quality()).isEqualTo(.5);
    assertThat(failed.detail()).isEqualTo("DEADLINE: late");
    assertThat(cancelled.detail()).isEqualTo("not needed");
    assertThat(List.of(done, failed, cancelled)).allMatch(step -> step.usage().equals(USAGE));
    assertThat(rejected.detail()).isEqualTo("outside");
    assertThat(rejected.usage()).isEqualTo(Usage.none());
  }

  @Test
  void a_change_of_an_agent_has_its_new_status_and_the_end_of_its_limit() {
    AgentEvent limited =
        new AgentEvent.StatusChanged(
            NOW,
            7,
            "ada",
            RegisteredAgent.Status.AVAILABLE,
            RegisteredAgent.Status.LIMITED,
            Optional.of(NOW.plusSeconds(1)));
    AgentEvent offline =
        new AgentEvent.StatusChanged(
            NOW, 7, "ada", RegisteredAgent.Status.LIMITED, RegisteredAgent.Status.OFFLINE);

    assertThat(KeptStep.of(limited))
        .isEqualTo(KeptStep.of("StatusChanged", NOW, "LIMITED", 0, "ada", "2026-06-01T12:00:01Z"));
    assertThat(KeptStep.of(offline).detail()).isEmpty();
    assertThat(KeptStep.of(offline).state()).isEqualTo("OFFLINE");
    assertThat(KeptStep.of(new AgentEvent.Registered(NOW, 7, AgentProfile.of("bob"))))
        .isEqualTo(KeptStep.of("Registered", NOW, "", 0, "bob", ""));
    assertThat(KeptStep.of(new AgentEvent.Retired(NOW, 7, "bob")).name()).isEqualTo("Retired");
  }

  /** The state is written only where the name of the step does not say it. */
  @Test
  void the_state_of_every_step_comes_back() {
    List<TaskEvent> events =
        List.of(
            new TaskEvent.Received(STEP),
            new TaskEvent.Validating(STEP),
            new TaskEvent.Approved(STEP, new Admission.Admitted("sha256:1", List.of())),
            new TaskEvent.Routing(STEP, Optional.empty()),
            new TaskEvent.Routed(STEP, DECISION),
            new TaskEvent.Executing(STEP),
            new TaskEvent.Executed(STEP, WorkReport.of("done"), 1),
            new TaskEvent.Verifying(STEP),
            new TaskEvent.Verified(STEP, APPROVED),
            new TaskEvent.Waiting(STEP, new WaitReason.NotBefore(NOW)),
            new TaskEvent.Decided(
                STEP,
                new Approval("r", ApprovalRequest.Point.START, "", Answer.approve("eve"), NOW)),
            new TaskEvent.Resumed(STEP),
            new TaskEvent.Joined(STEP, DECISION),
            new TaskEvent.SetAside(STEP, Optional.empty()));
    for (TaskEvent event : events) {
      KeptStep step = kept(event);
      assertThat(KeptStep.stateOf(step.name())).isEqualTo(event.state().name());
      assertThat(Records.steps(Records.bytes(List.of(step)))).containsExactly(step);
    }
    for (TaskState state : List.of(TaskState.ROUTED, TaskState.WAITING, TaskState.FAILED)) {
      KeptStep step = kept(new TaskEvent.Recovered(STEP, state));
      assertThat(KeptStep.stateOf(step.name())).isEmpty();
      assertThat(Records.steps(Records.bytes(List.of(step)))).containsExactly(step);
    }
  }

  @Test
  void a_decision_is_kept_without_its_scores_and_says_so() {
    RoutingDecision kept = KeptDecision.of(DECISION);

    assertThat(kept).isSameAs(DECISION);
    assertThat(kept.probability()).isNaN();
    assertThat(kept.candidates()).isEmpty();
    assertThat(kept.reason()).isEqualTo("chosen by ucb1 before the store was opened again");
    RoutingDecision live =
        Router.leastLoaded()
            .route(
                new RoutingRequest(TASK, List.of(new Idle()), PerformanceView.empty(), List.of()));
    assertThat(KeptDecision.of(live)).isEqualTo(new KeptDecision(live.id(), "ada", "least-loaded"));
  }

  private static final class Idle implements RegisteredAgent {
    @Override
    public AgentProfile profile() {
      return AgentProfile.of("ada");
    }

    @Override
    public Status status() {
      return Status.AVAILABLE;
    }

    @Override
    public int active() {
      return 0;
    }

    @Override
    public int queued() {
      return 0;
    }

    @Override
    public int number() {
      return 0;
    }
  }

  @Test
  void an_end_has_the_task_as_it_was_asked_and_not_as_it_was_edited() {
    TaskResult result = new TaskResult.Cancelled(TASK.withPayload("edited"), "enough");

    assertThat(new KeptEnd(result, NOW, NOW).asked().payload()).isEqualTo("edited");
    assertThat(new KeptEnd(result, NOW, NOW, "as it was").asked())
        .isEqualTo(TASK.withPayload("as it was"));
    assertThat(new KeptEnd(result, NOW, NOW, "").asked().payload()).isEmpty();
  }

  @Test
  void a_denial_that_is_the_verdict_of_a_step_is_named() {
    Verdict denied = new Verdict.Denied(List.of(FINDING), Seal.none());

    assertThat(kept(new TaskEvent.SetAside(STEP, Optional.of(denied))).detail())
        .isEqualTo("denied");
  }
}
