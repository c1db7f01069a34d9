/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which tasks a closing arbiter leaves to its store, and which it cancels. */
class LeavingTest {
  private final WaitingWorld world = new WaitingWorld();
  private final HeldStore store = new HeldStore();
  private final CompletableFuture<WorkReport> busy = new CompletableFuture<>();
  private final List<String> calls = new ArrayList<>();

  private static Task task(String id) {
    return Task.builder("fix").id(id).build();
  }

  private ArbiterBuilder arbiter(int places, int slots) {
    return world
        .arbiter()
        .store(store)
        .concurrency(places)
        .asyncAgent(AgentProfile.builder("ada").capacity(slots).build(), this::called);
  }

  /* The first call for a task that retries fails without an effect. */
  private CompletionStage<WorkReport> called(Assignment assignment) {
    String id = assignment.task().id();
    boolean isFirst = !calls.contains(id);
    calls.add(id);
    if (id.equals("busy")) {
      return busy;
    }
    return isFirst
        ? CompletableFuture.failedFuture(
            new AgentException("cut off", Usage.none())
                .failure(FailureCause.CONNECTIVITY)
                .effect(Effect.NONE))
        : CompletableFuture.completedFuture(WorkReport.of("done"));
  }

  /** The wait is over, and the task waits for a place, or for a slot of its agent. */
  @ParameterizedTest
  @CsvSource({"1, 2, PLACE", "2, 1, SLOT"})
  void a_task_that_has_waited_and_calls_no_agent_yet_is_left(int places, int slots, String waits)
      throws Exception {
    Arbiter first = arbiter(places, slots).build();
    TaskHandle left = first.submit(task("retries"));
    TaskHandle atWork = first.submit(task("busy"));
    world.pass(Duration.ofSeconds(3));
    assertThat(((TaskRun) left).waits()).isEqualTo(Move.Waits.valueOf(waits));

    first.close();

    assertThat(left.result().toCompletableFuture()).isCompletedExceptionally();
    assertThat(atWork.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
    assertThat(calls).containsExactly("retries", "busy");
    try (Arbiter second = arbiter(1, 1).build()) {
      TaskHandle found = second.find("default", "retries").orElseThrow();
      world.pass(Duration.ofSeconds(3));
      assertThat(((TaskResult.Completed) found.await(SOON)).attempts()).isEqualTo(1);
    }
  }

  /** The store keeps that the agent is called, when the other task is cancelled already. */
  @Test
  void no_agent_is_called_for_a_task_that_the_store_keeps_while_it_closes() throws Exception {
    Arbiter first =
        arbiter(2, 2)
            .listener(
                event -> {
                  if (event instanceof TaskEvent.Routed step && step.task().id().equals("starts")) {
                    store.hold();
                  }
                })
            .build();
    TaskHandle atWork = first.submit(task("busy"));
    TaskHandle starts = first.submit(task("starts"));
    assertThat(((TaskRun) starts).waits()).isEqualTo(Move.Waits.STORE);
    CompletionStage<?> unused = busy.whenComplete((report, error) -> store.release());

    first.close();

    assertThat(calls).containsExactly("busy");
    assertThat(atWork.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
    assertThat(starts.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
    assertThat(first.agents().all()).allMatch(agent -> agent.active() == 0);
    try (Arbiter second = arbiter(1, 1).build()) {
      assertThat(second.stats().inFlight()).isZero();
    }
  }

  /** The one that is left first lets a person decide about the other, which is left then. */
  @Test
  void a_decision_about_a_task_that_is_left_is_none_and_fails() {
    Arbiter first = arbiter(2, 2).build();
    List<CompletableFuture<Approval>> decisions = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      CompletionStage<?> unused =
          first
              .submit(Task.builder("fix").id("T-" + i).approval(Question.of("May it?")).build())
              .result()
              .whenComplete(
                  (result, left) -> {
                    for (ApprovalRequest open : first.approvals().open()) {
                      decisions.add(
                          first
                              .approvals()
                              .decide(open, Answer.approve("eve"))
                              .toCompletableFuture());
                    }
                  });
    }
    first.close();

    assertThat(decisions).singleElement().matches(CompletableFuture::isCompletedExceptionally);
    try (Arbiter second = arbiter(1, 1).build()) {
      assertThat(second.approvals().open()).hasSize(2);
    }
  }
}
