/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static dev.arbiter.WaitingWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Agents that ask a person, within their call or by leaving it. */
class InputTest {
  private static final AgentProfile ADA = AgentProfile.builder("ada").capacity(1).build();
  private static final Question QUESTION = Question.of("Which one?").within(Duration.ofHours(1));
  private static final Task TASK = Task.builder("fix").id("T-1").build();

  private final WaitingWorld world = new WaitingWorld();
  private final List<Assignment> calls = new ArrayList<>();
  private final ListStorage disk = new ListStorage();

  /** Asks, and reports the answer when it comes. */
  private CompletionStage<WorkReport> asks(Assignment assignment) {
    calls.add(assignment);
    return assignment.ask(QUESTION).thenApply(answer -> WorkReport.of(answer.answer().text()));
  }

  @Test
  void an_agent_waits_within_its_call_for_an_answer() throws Exception {
    List<String> events = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .concurrency(1)
            .listener(event -> events.add(event.getClass().getSimpleName()))
            .asyncAgent(ADA, this::asks)
            .agent(
                AgentProfile.builder("bob").capability("b").build(), work -> WorkReport.of("bob"))
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);

      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      assertThat(handle.waitsFor().orElseThrow().withinCall()).isTrue();
      ApprovalRequest request = only(arbiter);
      assertThat(request.point()).isEqualTo(Point.INPUT);
      assertThat(request.agent()).isEqualTo("ada");
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isEqualTo(1);
      assertThat(arbiter.submit(Task.builder("x").requires("b").build()).await(SOON).state())
          .isEqualTo(TaskState.COMPLETED);

      arbiter.approvals().decide(request, Answer.reply("eve", "the blue one"));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("the blue one");
      assertThat(done.attempts()).isEqualTo(1);
      assertThat(events).containsSubsequence("Waiting", "Decided", "Resumed", "Executed");
    }
  }

  /** Its place was given to another while it waited: it is judged when it has one again. */
  @Test
  void after_an_answer_the_work_waits_for_a_place() throws Exception {
    CompletableFuture<WorkReport> bobs = new CompletableFuture<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .concurrency(1)
            .asyncAgent(ADA, this::asks)
            .asyncAgent(AgentProfile.builder("bob").capability("b").build(), work -> bobs)
            .build()) {
      TaskHandle asks = arbiter.submit(TASK);
      TaskHandle other = arbiter.submit(Task.builder("x").requires("b").build());
      arbiter.approvals().decide(only(arbiter), Answer.reply("eve", "the blue one"));

      assertThat(asks.state()).isEqualTo(TaskState.EXECUTION_COMPLETE);
      assertThat(arbiter.stats().waiting()).isEqualTo(1);
      bobs.complete(WorkReport.of("bob"));
      assertThat(asks.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(other.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  @Test
  void the_time_of_an_answer_is_not_the_time_of_the_agent() throws Exception {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .attemptLimit(Duration.ofMinutes(5))
            .asyncAgent(
                ADA,
                assignment -> {
                  CompletionStage<Approval> unused = assignment.ask(QUESTION);
                  return report;
                })
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      world.pass(Duration.ofMinutes(30));
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);

      arbiter.approvals().decide(only(arbiter), Answer.reply("eve", "x"));
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      world.pass(Duration.ofMinutes(4));
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      world.pass(Duration.ofMinutes(2));
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause())
          .isEqualTo(FailureCause.AGENT_TIMEOUT);
    }
  }

  @Test
  void an_agent_may_report_without_its_answer() throws Exception {
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    List<CompletionStage<Approval>> asked = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(
                ADA,
                assignment -> {
                  asked.add(assignment.ask(QUESTION));
                  asked.add(assignment.ask(QUESTION));
                  return report;
                })
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      assertThat(asked.get(1).toCompletableFuture()).isCompletedExceptionally();

      report.complete(WorkReport.of("without"));

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(asked.get(0).toCompletableFuture()).isCompletedExceptionally();
      assertThat(arbiter.approvals().open()).isEmpty();
    }
  }

  @Test
  void an_agent_hears_that_nobody_answered() throws Exception {
    try (Arbiter arbiter = world.arbiter().fallbacks(0).asyncAgent(ADA, this::asks).build()) {
      TaskHandle handle = arbiter.submit(TASK);

      world.pass(Duration.ofMinutes(61));

      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_ERROR);
      assertThat(failed.message()).contains("nobody decided");
    }
  }

  @Test
  void a_cancelled_task_gives_its_agent_no_answer() throws Exception {
    List<CompletionStage<Approval>> asked = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(
                ADA,
                assignment -> {
                  asked.add(assignment.ask(QUESTION));
                  return new CompletableFuture<>();
                })
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      ApprovalRequest request = only(arbiter);

      assertThat(handle.cancel("enough")).isTrue();

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
      assertThat(asked.get(0).toCompletableFuture()).isCompletedExceptionally();
      assertThatThrownBy(() -> arbiter.approvals().decide(request, Answer.reply("eve", "x")))
          .isInstanceOf(IllegalStateException.class);
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
    }
  }

  @Test
  void a_question_outside_of_an_arbiter_fails() {
    Assignment alone = new Assignment(TASK, "ada", 1, "", Duration.ofMinutes(1));

    assertThat(alone.ask(QUESTION).toCompletableFuture()).isCompletedExceptionally();
    assertThat(alone.progress(Usage.cost(1), "half").toCompletableFuture())
        .isCompletedWithValue(true);
    assertThat(alone.meter().total().cost()).isEqualTo(1);
  }

  /** After a crash the agent is called again, asks the same, and has the answer at once. */
  @Test
  void an_answer_outlives_the_process_that_asked() throws Exception {
    AgentProfile idempotent = AgentProfile.builder("ada").idempotent().build();
    ListStorage left;
    try (Arbiter first = world.arbiter(disk).asyncAgent(idempotent, this::asks).build()) {
      TaskHandle unused = first.submit(TASK);
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
      disk.diesAt = disk.size() + 2; // the decision is kept, and nothing after it
      CompletableFuture<Approval> kept =
          first
              .approvals()
              .decide(only(first), Answer.reply("eve", "the blue one"))
              .toCompletableFuture();
      WaitingWorld.until(kept::isDone);
      assertThat(kept).isCompleted();
      left = disk.cut();
    }
    try (Arbiter second = world.arbiter(left).asyncAgent(idempotent, this::asks).build()) {
      TaskResult.Completed done =
          (TaskResult.Completed) second.find("default", "T-1").orElseThrow().await(SOON);
      assertThat(done.report().output()).isEqualTo("the blue one");
    }
    assertThat(calls).hasSize(2);
    assertThat(calls.get(1).attemptKey()).isEqualTo(calls.get(0).attemptKey());
  }

  /** An hour without a process is no time of the call that comes after it. */
  @Test
  void a_question_of_a_dead_process_gives_the_next_call_no_time() throws Exception {
    AgentProfile idempotent = AgentProfile.builder("ada").idempotent().build();
    ListStorage left;
    try (Arbiter first = world.arbiter(disk).asyncAgent(idempotent, this::asks).build()) {
      TaskHandle unused = first.submit(TASK);
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
      left = disk.cut();
    }
    world.time.advance(Duration.ofHours(1));
    try (Arbiter second =
        world
            .arbiter(left)
            .attemptLimit(Duration.ofMinutes(5))
            .fallbacks(0)
            .asyncAgent(
                idempotent,
                assignment -> {
                  CompletionStage<Approval> unused = assignment.ask(QUESTION);
                  return new CompletableFuture<>();
                })
            .build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      WaitingWorld.until(() -> !second.approvals().open().isEmpty());
      CompletionStage<Approval> unused =
          second.approvals().decide(only(second), Answer.reply("eve", "x"));
      WaitingWorld.until(() -> handle.state() == TaskState.EXECUTING);
      world.pass(Duration.ofMinutes(6));
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause())
          .isEqualTo(FailureCause.AGENT_TIMEOUT);
    }
  }

  @Test
  void an_agent_of_a_dead_process_that_asked_has_an_unknown_effect() throws Exception {
    try (Arbiter first = world.arbiter(disk).asyncAgent(ADA, this::asks).build()) {
      TaskHandle unused = first.submit(TASK);
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
      ListStorage left = disk.cut();
      try (Arbiter second = world.arbiter(left).asyncAgent(ADA, this::asks).build()) {
        TaskHandle handle = second.find("default", "T-1").orElseThrow();
        WaitingWorld.until(() -> WaitingWorld.waitsFor(handle, WaitReason.UnknownEffect.class));
        assertThat(second.approvals().open()).isEmpty();
      }
    }
  }

  private WorkReport leaves(Assignment assignment) {
    calls.add(assignment);
    if (assignment.resumeToken().isEmpty()) {
      return WorkReport.waiting(QUESTION, "session-7").withUsage(Usage.cost(1));
    }
    Approval last = assignment.approvals().get(assignment.approvals().size() - 1);
    return WorkReport.of(assignment.resumeToken() + " " + last.answer().text())
        .withUsage(Usage.cost(2));
  }

  @Test
  void an_agent_that_left_is_called_again_with_its_answer() throws Exception {
    try (Arbiter arbiter = world.arbiter().concurrency(1).agent(ADA, this::leaves).build()) {
      TaskHandle handle = arbiter.submit(TASK);

      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
      assertThat(arbiter.stats().inFlight()).isZero();

      arbiter.approvals().decide(only(arbiter), Answer.reply("eve", "blue"));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("session-7 blue");
      assertThat(done.attempts()).isEqualTo(1);
      assertThat(calls).hasSize(2);
      assertThat(calls.get(1).attemptKey()).isEqualTo(calls.get(0).attemptKey());
    }
  }

  @Test
  void an_agent_that_left_is_called_again_after_a_restart() throws Exception {
    try (Arbiter first = world.arbiter(disk).agent(ADA, this::leaves).build()) {
      TaskHandle unused = first.submit(TASK);
      WaitingWorld.until(() -> !first.approvals().open().isEmpty());
    }
    try (Arbiter second = world.arbiter(disk.cut()).agent(ADA, this::leaves).build()) {
      WaitingWorld.until(() -> !second.approvals().open().isEmpty());
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      second.approvals().decide(only(second), Answer.reply("eve", "blue"));
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("session-7 blue");
    }
    assertThat(calls).hasSize(2);
  }

  @Test
  void a_retired_agent_leaves_its_question_to_another_attempt() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::leaves).build()) {
      TaskHandle handle = arbiter.submit(TASK);
      ApprovalRequest request = only(arbiter);
      arbiter
          .agents()
          .register(AgentProfile.of("bob"), work -> WorkReport.of("bob " + work.attempt()));
      arbiter.agents().retire("ada");

      arbiter.approvals().decide(request, Answer.reply("eve", "blue"));

      assertThat(((TaskResult.Completed) handle.await(SOON)).report().output()).isEqualTo("bob 2");
    }
  }

  @Test
  void an_agent_that_asks_for_ever_fails() throws Exception {
    int[] asked = {0};
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(0)
            .agent(ADA, work -> WorkReport.waiting(Question.of("Now? " + asked[0]++), "t"))
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      for (int i = 0; i < 200 && !handle.state().isEnd(); i++) {
        arbiter.approvals().decide(only(arbiter), Answer.reply("eve", "no"));
      }
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.message()).contains("asks again");
    }
  }

  @Test
  void each_step_of_a_question_is_an_event_of_one_attempt() throws Exception {
    List<TaskEvent> events = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .listener(
                event -> {
                  if (event instanceof TaskEvent step) {
                    events.add(step);
                  }
                })
            .agent(ADA, this::leaves)
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      arbiter.approvals().decide(only(arbiter), Answer.reply("eve", "blue"));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
    assertThat(events.stream().filter(TaskEvent.Waiting.class::isInstance)).hasSize(1);
    assertThat(events.stream().filter(TaskEvent.Executing.class::isInstance)).hasSize(2);
    assertThat(events).allMatch(event -> event.step().attempt() <= 1);
  }

  /** Another agent at the same attempt asks the same: a person who said yes to one said no more. */
  @Test
  void an_answer_is_for_the_agent_that_asked() throws Exception {
    Question may = Question.of("May I delete the table?");
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                work -> {
                  if (work.resumeToken().isEmpty()) {
                    return WorkReport.waiting(may, "ada's");
                  }
                  throw AgentException.quota("limit", world.now().plus(Duration.ofHours(5)));
                })
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      arbiter
          .agents()
          .register(
              AgentProfile.of("bob"),
              work ->
                  work.resumeToken().isEmpty()
                      ? WorkReport.waiting(may, "bob's")
                      : WorkReport.of(work.resumeToken()));
      arbiter.approvals().decide(only(arbiter), Answer.approve("eve"));

      assertThat(only(arbiter).agent()).isEqualTo("bob");
      arbiter.approvals().decide(only(arbiter), Answer.approve("eve"));
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("bob's");
    }
  }

  /** A program answers each question at once, and the time of answers is not the agent's. */
  @Test
  void an_agent_that_asks_for_ever_within_its_call_fails() throws Exception {
    int[] asked = {0};
    Arbiter[] own = new Arbiter[1];
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .closeLimit(Duration.ZERO)
            .listener(
                event -> {
                  if (event instanceof TaskEvent.Waiting waiting) {
                    ApprovalRequest request = waiting.reason().request().orElseThrow();
                    CompletionStage<Approval> unused =
                        own[0].approvals().decide(request, Answer.reply("bot", "no"));
                  }
                })
            .agent(
                ADA,
                work -> {
                  while (asked[0]++ < 5_000) {
                    Approval unused =
                        work.ask(Question.of("Now? " + asked[0])).toCompletableFuture().join();
                  }
                  return WorkReport.of("asked enough");
                })
            .build()) {
      own[0] = arbiter;
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(TASK).await(SOON);

      assertThat(failed.message()).contains("asks again after 1,000 decisions");
      assertThat(asked[0]).isEqualTo(1_001);
    }
  }
}
