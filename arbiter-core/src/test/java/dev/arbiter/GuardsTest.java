/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static dev.arbiter.WaitingWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Guards against agents that stall, loop or run away. */
class GuardsTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final Duration STALL = Duration.ofSeconds(30);

  private final WaitingWorld world = new WaitingWorld();
  private final List<Assignment> calls = new ArrayList<>();
  private final List<CompletableFuture<WorkReport>> reports = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();

  private final class Listening implements Router {
    private final Router inner = Router.leastLoaded();

    @Override
    public RoutingDecision route(RoutingRequest request) {
      return inner.route(request);
    }

    @Override
    public void learn(Outcome outcome) {
      outcomes.add(outcome);
    }
  }

  private ArbiterBuilder arbiter(Guards guards) {
    return world.arbiter().router(new Listening()).fallbacks(0).guards(guards);
  }

  private CompletionStage<WorkReport> works(Assignment assignment) {
    calls.add(assignment);
    reports.add(new CompletableFuture<>());
    return reports.get(reports.size() - 1);
  }

  private static Task task() {
    return Task.builder("fix").build();
  }

  private static void says(Assignment call, String message) {
    CompletionStage<Boolean> unused = call.progress(Usage.cost(0), message);
  }

  @Test
  void an_agent_that_gives_no_sign_has_stalled() throws Exception {
    try (Arbiter arbiter =
        arbiter(Guards.none().stall(STALL)).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task());
      for (int i = 0; i < 5; i++) {
        world.pass(Duration.ofSeconds(25));
        says(calls.get(0), "step " + i);
      }
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);

      world.pass(Duration.ofSeconds(32));

      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
      assertThat(failed.message()).contains("stall guard").contains("PT30S").contains("'ada'");
      assertThat(outcomes).extracting(Outcome::kind).containsExactly(Outcome.Kind.FAILURE);
      assertThat(reports.get(0)).isCancelled();
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();
    }
  }

  @Test
  void the_time_of_a_question_is_no_stall() throws Exception {
    try (Arbiter arbiter =
        arbiter(Guards.none().stall(STALL)).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task());
      world.pass(Duration.ofSeconds(20));
      CompletionStage<?> unused = calls.get(0).ask(Question.of("Which?"));
      world.pass(Duration.ofMinutes(30));
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      arbiter.approvals().decide(only(arbiter), Answer.reply("eve", "this"));
      world.pass(Duration.ofSeconds(25));
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      world.pass(Duration.ofSeconds(10));
      assertThat(((TaskResult.Failed) handle.await(SOON)).message()).contains("stall guard");
    }
  }

  @Test
  void another_agent_takes_over_from_one_that_stalled() throws Exception {
    try (Arbiter arbiter =
        arbiter(Guards.none().stall(STALL))
            .fallbacks(1)
            .asyncAgent(ADA, this::works)
            .asyncAgent(AgentProfile.of("bob"), this::works)
            .build()) {
      TaskHandle handle = arbiter.submit(task());
      world.pass(Duration.ofSeconds(33));
      assertThat(calls).hasSize(2);
      reports.get(1).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(outcomes)
          .extracting(Outcome::kind)
          .containsExactly(Outcome.Kind.FAILURE, Outcome.Kind.SUCCESS);
    }
  }

  @Test
  void progress_that_repeats_itself_is_a_loop() throws Exception {
    try (Arbiter arbiter =
        arbiter(Guards.none().sameMessage(3)).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task());
      for (String message : List.of("read", "write", "", "read", "write", "", "")) {
        says(calls.get(0), message);
      }
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);

      CompletionStage<Boolean> third = calls.get(0).progress(Usage.none(), "read");

      assertThat(third.toCompletableFuture()).isCompletedExceptionally();
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_ERROR);
      assertThat(failed.message()).contains("loop guard").contains("'read' 3 times");
      assertThat(outcomes).extracting(Outcome::kind).containsExactly(Outcome.Kind.FAILURE);
    }
  }

  @Test
  void a_loop_ends_an_attempt_that_waits_for_an_answer_too() throws Exception {
    try (Arbiter arbiter =
        arbiter(Guards.none().sameMessage(2)).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task());
      CompletionStage<?> unused = calls.get(0).ask(Question.of("Which?"));
      says(calls.get(0), "read");
      says(calls.get(0), "read");
      assertThat(((TaskResult.Failed) handle.await(SOON)).message()).contains("loop guard");
      assertThat(arbiter.approvals().open()).isEmpty();
    }
  }

  @Test
  void a_long_run_of_messages_costs_little_memory() throws Exception {
    try (Arbiter arbiter =
        arbiter(Guards.none().sameMessage(2)).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task());
      for (int i = 0; i < 10_000; i++) {
        says(calls.get(0), i + "x".repeat(1_000));
      }
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      reports.get(0).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void long_messages_that_only_begin_alike_are_no_loop() throws Exception {
    String begin = "x".repeat(1_000);
    try (Arbiter arbiter =
        arbiter(Guards.none().sameMessage(3)).asyncAgent(ADA, this::works).build()) {
      TaskHandle handle = arbiter.submit(task());
      for (int i = 0; i < 10; i++) {
        says(calls.get(0), begin + i);
      }
      says(calls.get(0), begin + 7);
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);

      says(calls.get(0), begin + 7);

      String why = ((TaskResult.Failed) handle.await(SOON)).message();
      assertThat(why).contains("loop guard").contains("3 times").hasSizeLessThan(400);
    }
  }

  private int judged;

  private ArbiterBuilder denying(Guards guards) {
    StubConstitution constitution =
        new StubConstitution() {
          @Override
          public dev.arbiter.task.Verdict judge(Assignment assignment, WorkReport report) {
            judged++;
            return report.output().equals("good")
                ? super.judge(assignment, report)
                : new dev.arbiter.task.Verdict.Denied(
                    List.of(dev.arbiter.task.Finding.error("bad", "", "bad")),
                    dev.arbiter.task.Seal.none());
          }
        };
    return arbiter(guards).constitution(constitution).fallbacks(3);
  }

  private static WorkReport changed(String output, int lines) {
    return WorkReport.of(output).withChanges(List.of(new FileChange("a.java", lines, 0)));
  }

  private static WorkReport inTree(String output, int lines) {
    return changed(output, lines).withEvidence(Evidence.of("work_tree", true, "tree " + lines));
  }

  @Test
  void the_same_denied_change_is_judged_once() throws Exception {
    List<WorkReport> work =
        List.of(inTree("one", 3), inTree("two", 3), inTree("three", 4), inTree("good", 5));
    try (Arbiter arbiter =
        denying(Guards.none().sameWorkOnce())
            .agent(ADA, assignment -> work.get(assignment.attempt() - 1))
            .agent(AgentProfile.of("bob"), assignment -> work.get(assignment.attempt() - 1))
            .agent(AgentProfile.of("cyd"), assignment -> work.get(assignment.attempt() - 1))
            .agent(AgentProfile.of("dan"), assignment -> work.get(assignment.attempt() - 1))
            .build()) {
      TaskResult.Completed done = (TaskResult.Completed) arbiter.submit(task()).await(SOON);
      assertThat(done.attempts()).isEqualTo(4);
      assertThat(judged).isEqualTo(3);
      assertThat(outcomes)
          .extracting(Outcome::kind)
          .containsExactly(
              Outcome.Kind.VIOLATION,
              Outcome.Kind.FAILURE,
              Outcome.Kind.VIOLATION,
              Outcome.Kind.SUCCESS);
    }
  }

  /** Nothing names the content, so only the output tells two edits of one line apart. */
  @Test
  void another_change_with_the_same_counts_is_judged() throws Exception {
    List<WorkReport> work =
        List.of(changed("one", 1), changed("one", 1), changed("two", 1), changed("good", 1));
    AsyncAgent agent =
        assignment -> CompletableFuture.completedFuture(work.get(assignment.attempt() - 1));
    try (Arbiter arbiter =
        denying(Guards.none().sameWorkOnce())
            .asyncAgent(ADA, agent)
            .asyncAgent(AgentProfile.of("bob"), agent)
            .asyncAgent(AgentProfile.of("cyd"), agent)
            .asyncAgent(AgentProfile.of("dan"), agent)
            .build()) {
      TaskResult.Completed done = (TaskResult.Completed) arbiter.submit(task()).await(SOON);
      assertThat(done.attempts()).isEqualTo(4);
      assertThat(judged).as("all but the second").isEqualTo(3);
    }
  }

  @Test
  void the_same_denied_output_is_named() throws Exception {
    try (Arbiter arbiter =
        denying(Guards.none().sameWorkOnce())
            .fallbacks(1)
            .agent(ADA, assignment -> WorkReport.of("bad"))
            .agent(AgentProfile.of("bob"), assignment -> WorkReport.of("bad"))
            .build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task()).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_ERROR);
      assertThat(failed.message()).contains("loop guard").contains("denied in an earlier attempt");
    }
  }

  @Test
  void a_tenant_that_submits_too_fast_is_refused() throws Exception {
    Guards guards = Guards.none().submissions(3, Duration.ofMinutes(1));
    try (Arbiter arbiter =
        arbiter(guards).agent(ADA, assignment -> WorkReport.of("done")).build()) {
      for (int i = 0; i < 3; i++) {
        assertThat(arbiter.submit(task()).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
        world.pass(Duration.ofSeconds(10));
      }
      assertThatThrownBy(() -> arbiter.submit(task()))
          .isInstanceOfSatisfying(
              ArbiterException.class,
              refused ->
                  assertThat(refused.retryAfter())
                      .hasValueSatisfying(
                          pause ->
                              assertThat(pause)
                                  .isBetween(Duration.ofSeconds(29), Duration.ofSeconds(30))))
          .hasMessageContaining("velocity guard")
          .hasMessageContaining("tenant 'default'");
      assertThat(arbiter.submit(Task.builder("fix").tenant("b").build()).state())
          .isEqualTo(TaskState.COMPLETED);
      world.pass(Duration.ofSeconds(31));
      assertThat(arbiter.submit(task()).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThatThrownBy(() -> arbiter.submit(task())).hasMessageContaining("velocity guard");
    }
  }

  @Test
  void an_agent_that_is_called_too_fast_is_named() throws Exception {
    Guards guards = Guards.none().attempts(3, Duration.ofMinutes(1));
    try (Arbiter arbiter =
        arbiter(guards)
            .agent(ADA, assignment -> WorkReport.of("done"))
            .agent(AgentProfile.of("bob", "b"), assignment -> WorkReport.of("done"))
            .build()) {
      for (int i = 0; i < 3; i++) {
        Task task = Task.builder("fix").tenant("t" + i).requires("b").build();
        assertThat(arbiter.submit(task).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      }
      Task fourth = Task.builder("fix").tenant("t9").requires("b").build();
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(fourth).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.RUNAWAY);
      assertThat(failed.message()).contains("more than 3 attempts of agent 'bob' within PT1M");
      assertThat(outcomes.get(3).kind()).isEqualTo(Outcome.Kind.INFRASTRUCTURE);
      assertThat(arbiter.agents().find("bob").orElseThrow().active()).isZero();
      world.pass(Duration.ofMinutes(1));
      assertThat(arbiter.submit(fourth).await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_tenant_whose_attempts_run_away_is_named() throws Exception {
    Guards guards = Guards.none().attempts(2, Duration.ofMinutes(1));
    try (Arbiter arbiter =
        arbiter(guards)
            .agent(ADA, assignment -> WorkReport.of("done"))
            .agent(AgentProfile.of("bob"), assignment -> WorkReport.of("done"))
            .build()) {
      List<TaskResult> ends = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ends.add(arbiter.submit(task()).await(SOON));
      }
      assertThat(((TaskResult.Failed) ends.get(2)).message())
          .contains("more than 2 attempts of tenant 'default' within PT1M");
    }
  }

  @Test
  void names_are_forgotten_when_nothing_of_them_counts() {
    FakeTime time = new FakeTime();
    Velocities velocities =
        new Velocities(
            new Guards.Velocity(5, Duration.ofSeconds(1)), "tasks of", time.sources().nanoTime());
    for (int i = 0; i < 100_000; i++) {
      time.advance(Duration.ofMillis(10));
      assertThat(velocities.add("t" + i)).isZero();
    }
    for (int i = 0; i < 5; i++) {
      assertThat(velocities.add("last")).isZero();
    }
    assertThat(velocities.add("last")).isEqualTo(Duration.ofSeconds(1).toNanos());
    velocities.remove("last");
    assertThat(velocities.add("last")).isZero();
  }

  @Test
  void wrong_guards_are_refused() {
    assertThatThrownBy(() -> Guards.none().stall(Duration.ZERO)).hasMessageContaining("stall");
    assertThatThrownBy(() -> Guards.none().sameMessage(1)).hasMessageContaining("at least 2");
    assertThatThrownBy(() -> Guards.none().attempts(0, STALL)).hasMessageContaining("1 to");
    assertThatThrownBy(() -> Guards.none().submissions(1, Duration.ofDays(2)))
        .hasMessageContaining("at most a day");
  }
}
