/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest.Point;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a listener can read of every event, whatever it is. */
class EventsTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Task TASK = Task.builder("fix").id("T-1").correlationId("c-1").build();
  private static final Step STEP = new Step(TASK, 1, "ada", NOW, 7);
  private static final Verdict APPROVED = new Verdict.Approved(List.of(), 1, Seal.none());
  private static final AttemptFailure FAILURE =
      new AttemptFailure(FailureCause.AGENT_ERROR, "down", Optional.empty());

  private record Chosen(long id, String agent) implements RoutingDecision {
    @Override
    public String policy() {
      return "first";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return "it is the first";
    }

    @Override
    public List<Scored> candidates() {
      return List.of(new Scored(agent, 0));
    }
  }

  private static final RoutingDecision DECISION = new Chosen(1, "ada");

  private static TaskEvent concluded(TaskResult result) {
    return new TaskEvent.Concluded(STEP, result, 9);
  }

  /** Each kind of event, and each end. */
  private static List<TaskEvent> all() {
    return List.of(
        new TaskEvent.Received(STEP),
        new TaskEvent.Validating(STEP),
        new TaskEvent.Approved(STEP, new Admission.Admitted("sha256:1", List.of())),
        new TaskEvent.Routing(STEP, Optional.of(FAILURE)),
        new TaskEvent.Routed(STEP, DECISION),
        new TaskEvent.Executing(STEP),
        new TaskEvent.Executed(STEP, WorkReport.of("done"), 9),
        new TaskEvent.Verifying(STEP),
        new TaskEvent.Verified(STEP, APPROVED),
        new TaskEvent.Waiting(STEP, new WaitReason.NotBefore(NOW)),
        concluded(new TaskResult.Completed(TASK, "ada", 1, WorkReport.of("done"), APPROVED)),
        concluded(new TaskResult.Rejected(TASK, List.of())),
        concluded(new TaskResult.Failed(TASK, FailureCause.DEADLINE, "", 1, Optional.empty())),
        concluded(new TaskResult.Cancelled(TASK, "enough")));
  }

  @Test
  void there_is_an_event_for_each_state_in_the_order_of_a_task() {
    assertThat(all()).extracting(TaskEvent::state).containsExactly(TaskState.values());
  }

  @Test
  void every_event_has_its_task_its_time_and_its_correlation() {
    for (TaskEvent event : all()) {
      assertThat(event.task()).isSameAs(TASK);
      assertThat(event.at()).isEqualTo(NOW);
      assertThat(event.nanoTime()).isEqualTo(7);
      assertThat(event.correlation()).isEqualTo("c-1");
    }
  }

  @Test
  void an_event_that_is_no_change_of_state_has_the_state_of_the_task() {
    Approval approval = new Approval("r", Point.START, "", Answer.approve("eve"), NOW);

    assertThat(new TaskEvent.Decided(STEP, approval).state()).isEqualTo(TaskState.WAITING);
    assertThat(new TaskEvent.Resumed(STEP).state()).isEqualTo(TaskState.EXECUTING);
    assertThat(new TaskEvent.Joined(STEP, DECISION).state()).isEqualTo(TaskState.EXECUTING);
    assertThat(new TaskEvent.SetAside(STEP, Optional.empty()).state())
        .isEqualTo(TaskState.EXECUTING);
    for (TaskState state : EnumSet.allOf(TaskState.class)) {
      assertThat(new TaskEvent.AttemptEnded(STEP, FAILURE, state).state()).isEqualTo(state);
      assertThat(new TaskEvent.Recovered(STEP, state).state()).isEqualTo(state);
    }
  }

  @Test
  void a_failure_used_up_nothing_unless_it_says_so() {
    assertThat(FAILURE.usage()).isEqualTo(Usage.none());
    assertThat(FAILURE.detail()).isEmpty();
  }

  @Test
  void every_event_of_an_agent_has_its_id() {
    AgentProfile ada = AgentProfile.of("ada");
    List<AgentEvent> events =
        List.of(
            new AgentEvent.Registered(NOW, 7, ada),
            new AgentEvent.Updated(NOW, 7, ada),
            new AgentEvent.StatusChanged(NOW, 7, "ada", Status.AVAILABLE, Status.OFFLINE),
            new AgentEvent.Retired(NOW, 7, "ada"));

    assertThat(events).allMatch(event -> event.agent().equals("ada"));
    assertThat(events).allMatch(event -> event.at().equals(NOW) && event.nanoTime() == 7);
    Set<String> kinds =
        events.stream().map(event -> event.getClass().getSimpleName()).collect(Collectors.toSet());
    assertThat(kinds).hasSize(AgentEvent.class.getPermittedSubclasses().length);
  }

  @Test
  void a_status_without_a_limit_has_no_end() {
    assertThat(
            new AgentEvent.StatusChanged(NOW, 7, "ada", Status.AVAILABLE, Status.OFFLINE).until())
        .isEmpty();
  }
}
