/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static dev.arbiter.WaitingWorld.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store goes away while an agent works, and comes back without the last steps. */
class OutageTest {
  private static final Task TASK = Task.builder("fix").id("T-1").build();

  private final WaitingWorld world = new WaitingWorld();
  private final HeldStore store = new HeldStore();
  private final List<Assignment> calls = new ArrayList<>();
  private final List<CompletableFuture<WorkReport>> reports = new ArrayList<>();
  private final List<Outcome.Kind> outcomes = new ArrayList<>();

  private CompletionStage<WorkReport> works(Assignment assignment) {
    calls.add(assignment);
    CompletableFuture<WorkReport> report = new CompletableFuture<>();
    reports.add(report);
    return report;
  }

  private final class Ear implements Router {
    private final Router router = Router.leastLoaded();

    @Override
    public RoutingDecision route(RoutingRequest request) {
      return router.route(request);
    }

    @Override
    public void learn(Outcome outcome) {
      outcomes.add(outcome.kind());
    }
  }

  private ArbiterBuilder arbiter(String... agents) {
    ArbiterBuilder builder =
        world.arbiter().store(store).router(new Ear()).attemptLimit(Duration.ofMinutes(5));
    for (String agent : agents) {
      builder.asyncAgent(AgentProfile.of(agent), this::works);
    }
    return builder;
  }

  /* The sweep lets the tasks go on: the thread of the store must not. */
  private void outage() {
    store.goAndComeBack();
    world.scheduler.tick();
    world.scheduler.tick();
  }

  private static CompletableFuture<Approval> asks(Assignment assignment, String question) {
    return assignment.ask(Question.of(question)).toCompletableFuture();
  }

  private void answer(Arbiter arbiter, String text) {
    CompletionStage<Approval> unused =
        arbiter.approvals().decide(only(arbiter), Answer.reply("eve", text));
  }

  private static void free(Arbiter arbiter) {
    assertThat(arbiter.agents().all()).allMatch(agent -> agent.active() == 0);
    assertThat(arbiter.stats().inFlight()).isZero();
    assertThat(arbiter.stats().waiting()).isZero();
  }

  /* The store keeps a question of the agent, and the run hears nothing else meanwhile. */
  private TaskHandle passesItsBudgetUnseen(Arbiter arbiter) {
    Task small =
        Task.builder("fix").id("T-1").budget(TaskBudget.ofCost(5).atLimit(AtLimit.STOP)).build();
    TaskHandle handle = arbiter.submit(small);
    store.hold();
    CompletableFuture<Approval> unused = asks(calls.get(0), "Which?");
    assertThat(calls.get(0).progress(Usage.cost(6), "more").toCompletableFuture()).isDone();
    return handle;
  }

  /** It says so once, and is silent then. */
  @Test
  void an_agent_that_passes_its_budget_while_the_store_keeps_its_question_is_stopped()
      throws Exception {
    try (Arbiter arbiter = arbiter("ada").build()) {
      TaskHandle handle = passesItsBudgetUnseen(arbiter);
      store.release();

      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(failed.usage()).isEqualTo(Usage.cost(6));
      free(arbiter);
    }
  }

  /** It works on past its limit, so its work is not judged, whenever that is noticed. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_an_agent_reports_past_its_budget_does_not_count(boolean throwsError) throws Exception {
    try (Arbiter arbiter = arbiter("ada").build()) {
      TaskHandle handle = passesItsBudgetUnseen(arbiter);
      if (throwsError) {
        reports.get(0).completeExceptionally(new IllegalStateException("stopped"));
      } else {
        reports.get(0).complete(WorkReport.of("done").withUsage(Usage.cost(6)));
      }
      store.release();

      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(outcomes).hasSize(1).doesNotContain(Outcome.Kind.SUCCESS);
      free(arbiter);
    }
  }

  /** A database that is away may take half a minute to say so. */
  @Test
  void a_submission_with_a_key_does_not_ask_a_store_that_is_away() {
    Task keyed = Task.builder("fix").idempotencyKey("k").build();
    try (Arbiter arbiter = arbiter("ada").build()) {
      store.go();
      assertThatThrownBy(() -> arbiter.submitAsync(keyed).toCompletableFuture().join())
          .isInstanceOf(ArbiterException.class)
          .hasMessageContaining("disk full; submit it again when the store is back");
      assertThat(store.finds()).isZero();

      store.comeBack();
      world.scheduler.tick();
      TaskHandle accepted = arbiter.submit(keyed);
      assertThat(store.finds()).isEqualTo(1);
      assertThat(arbiter.submit(keyed)).isSameAs(accepted);
      accepted.cancel("enough");
    }
  }

  /** The wait that is over is counted once, however often the store comes back. */
  @Test
  void an_agent_that_had_its_answer_gets_no_more_time_by_an_outage() throws Exception {
    try (Arbiter arbiter = arbiter("ada").fallbacks(0).build()) {
      TaskHandle handle = arbiter.submit(TASK);
      CompletableFuture<Approval> answered = asks(calls.get(0), "Which?");
      world.pass(Duration.ofHours(1));
      answer(arbiter, "this");
      assertThat(answered).isCompleted();
      world.pass(Duration.ofMinutes(2));
      outage();
      outage();
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      world.pass(Duration.ofMinutes(2));
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      world.pass(Duration.ofMinutes(2));
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause())
          .isEqualTo(FailureCause.AGENT_TIMEOUT);
      free(arbiter);
    }
  }

  @Test
  void an_answer_is_given_to_no_other_question() throws Exception {
    try (Arbiter arbiter = arbiter("ada").build()) {
      TaskHandle handle = arbiter.submit(TASK);
      CompletableFuture<Approval> first = asks(calls.get(0), "Delete staging?");
      answer(arbiter, "yes");
      assertThat(first).isCompletedWithValueMatching(approval -> !approval.isDenial());
      store.hold();
      CompletableFuture<Approval> second = asks(calls.get(0), "Delete production?");
      outage();
      store.release();
      assertThat(second).isCompletedExceptionally();

      CompletableFuture<Approval> again = asks(calls.get(0), "Delete production?");
      assertThat(again).isNotDone();
      assertThat(only(arbiter).question().text()).isEqualTo("Delete production?");
      answer(arbiter, "no");
      assertThat(again.join().answer().text()).isEqualTo("no");
      reports.get(0).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      free(arbiter);
    }
  }

  @Test
  void a_report_after_an_answer_is_kept_again() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(TASK);
      CompletableFuture<Approval> first = asks(calls.get(0), "Which?");
      answer(arbiter, "this");
      assertThat(first).isCompleted();
      store.hold();
      reports.get(0).complete(WorkReport.of("done").withUsage(Usage.cost(3)));
      outage();
      store.release();
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().output()).isEqualTo("done");
      assertThat(calls).hasSize(1);
      assertThat(outcomes).containsExactly(Outcome.Kind.SUCCESS);
      free(arbiter);
    }
  }

  private static AgentException cutOff(AgentException.Effect effect) {
    return new AgentException("cut off", Usage.cost(5))
        .failure(FailureCause.CONNECTIVITY)
        .effect(effect);
  }

  @Test
  void a_wait_for_a_person_to_let_it_run_again_ends() throws Exception {
    try (Arbiter arbiter = arbiter("ada").fallbacks(0).build()) {
      TaskHandle handle = arbiter.submit(TASK);
      reports.get(0).completeExceptionally(cutOff(AgentException.Effect.POSSIBLE));
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.UnknownEffect.class)).isTrue();
      world.pass(Duration.ofHours(3));
      assertThat(handle.runAgain()).isTrue();
      CompletableFuture<Approval> asked = asks(calls.get(1), "Which?");
      answer(arbiter, "this");
      assertThat(asked).isCompleted();
      world.pass(Duration.ofMinutes(6));
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause())
          .isEqualTo(FailureCause.AGENT_TIMEOUT);
      free(arbiter);
    }
  }

  @Test
  void an_unknown_effect_is_not_forgotten() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(TASK);
      store.hold();
      reports.get(0).completeExceptionally(cutOff(AgentException.Effect.POSSIBLE));
      outage();
      store.release();
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.UnknownEffect.class)).isTrue();
      assertThat(calls).hasSize(1);
      assertThat(outcomes).containsExactly(Outcome.Kind.FAILURE);
      assertThat(handle.cancel("enough")).isTrue();
      free(arbiter);
    }
  }

  /** It was let go on and had a place, but that is not kept: it waits again, without the place. */
  @Test
  void a_task_that_waits_again_holds_no_place() throws Exception {
    try (Arbiter arbiter = arbiter("ada").concurrency(1).build()) {
      TaskHandle handle = arbiter.submit(TASK);
      reports.get(0).completeExceptionally(cutOff(AgentException.Effect.POSSIBLE));
      store.hold();
      assertThat(handle.runAgain()).isTrue();
      outage();
      store.release();
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.UnknownEffect.class)).isTrue();

      TaskHandle other = arbiter.submit(Task.builder("fix").build());
      assertThat(calls).hasSize(2);
      reports.get(1).complete(WorkReport.of("done"));
      assertThat(other.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(handle.cancel("enough")).isTrue();
      free(arbiter);
    }
  }

  @Test
  void an_outage_resets_no_budget_of_calls() throws Exception {
    Task task = Task.builder("fix").budget(TaskBudget.none().withCalls(1)).build();
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      TaskHandle handle = arbiter.submit(task);
      outage();
      reports.get(0).completeExceptionally(new IllegalStateException("no"));
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.BUDGET);
      assertThat(calls).hasSize(1);
      free(arbiter);
    }
  }

  @Test
  void what_earlier_calls_used_up_is_counted_once() throws Exception {
    List<Usage> used = new ArrayList<>();
    try (Arbiter arbiter =
        arbiter("ada")
            .router(
                new Router() {
                  private final Router router = Router.leastLoaded();

                  @Override
                  public RoutingDecision route(RoutingRequest request) {
                    return router.route(request);
                  }

                  @Override
                  public void learn(Outcome outcome) {
                    used.add(Usage.cost(outcome.cost()));
                  }
                })
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      reports.get(0).completeExceptionally(cutOff(AgentException.Effect.NONE));
      world.pass(Duration.ofSeconds(30));
      assertThat(calls).hasSize(2);
      store.hold();
      reports.get(1).complete(WorkReport.of("done").withUsage(Usage.cost(3)));
      outage();
      store.release();
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(used).containsExactly(Usage.cost(8));
    }
  }

  /** The store missed the later end; in the next process the agent is limited until then. */
  @Test
  void a_limit_that_was_extended_during_an_outage_is_kept_afterwards() {
    Instant later = world.now().plus(Duration.ofHours(5));
    try (Arbiter arbiter = arbiter("ada", "bob").build()) {
      arbiter.agents().limit("ada", world.now().plus(Duration.ofHours(1)));
      store.hold();
      arbiter.agents().limit("ada", later);
      outage();
      store.release();
    }
    try (Arbiter next = arbiter("ada", "bob").build()) {
      assertThat(next.agents().find("ada").orElseThrow().availableAt()).contains(later);
    }
  }

  /* The store goes away with what came of the last call, and comes back. */
  private void lost(Runnable reported) {
    store.hold();
    reported.run();
    outage();
    store.release();
  }

  @Test
  void a_question_that_an_agent_left_with_is_asked() throws Exception {
    for (String token : List.of("token", "")) {
      calls.clear();
      reports.clear();
      try (Arbiter arbiter = arbiter("ada").build()) {
        TaskHandle handle = arbiter.submit(TASK);
        WorkReport asks = WorkReport.waiting(Question.of("Which?"), token).withUsage(Usage.cost(3));
        lost(() -> reports.get(0).complete(asks));
        assertThat(WaitingWorld.waitsFor(handle, WaitReason.Input.class)).isTrue();
        answer(arbiter, "this");
        assertThat(calls).hasSize(2);
        assertThat(calls.get(1).resumeToken()).isEqualTo(token);
        assertThat(calls.get(1).attempt()).isEqualTo(1);
        reports.get(1).complete(WorkReport.of("done"));
        assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
        free(arbiter);
      }
    }
  }

  @Test
  void a_retry_takes_place() throws Exception {
    try (Arbiter arbiter = arbiter("ada").build()) {
      TaskHandle handle = arbiter.submit(TASK);
      lost(() -> reports.get(0).completeExceptionally(cutOff(AgentException.Effect.NONE)));
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Retry.class)).isTrue();
      world.pass(Duration.ofSeconds(30));
      assertThat(calls).hasSize(2);
      reports.get(1).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(outcomes).containsExactly(Outcome.Kind.SUCCESS);
      free(arbiter);
    }
  }

  @Test
  void a_usage_limit_is_waited_for() throws Exception {
    try (Arbiter arbiter = arbiter("ada").build()) {
      TaskHandle handle = arbiter.submit(TASK);
      AgentException limit = AgentException.quota("limit", world.now().plus(Duration.ofHours(1)));
      lost(() -> reports.get(0).completeExceptionally(limit));
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Quota.class)).isTrue();
      world.pass(Duration.ofHours(1));
      world.pass(Duration.ofSeconds(2));
      assertThat(calls).hasSize(2);
      reports.get(1).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      free(arbiter);
    }
  }

  @Test
  void money_and_time_of_a_failed_attempt_stay_spent() throws Exception {
    for (TaskBudget budget :
        List.of(TaskBudget.ofCost(8), TaskBudget.none().withTime(Duration.ofMinutes(4)))) {
      calls.clear();
      reports.clear();
      Task task = Task.builder("fix").budget(budget).build();
      try (Arbiter arbiter = arbiter("ada", "bob", "cyd").fallbacks(9).build()) {
        TaskHandle handle = arbiter.submit(task);
        for (int call = 0; call < 2; call++) {
          CompletableFuture<WorkReport> report = reports.get(call);
          world.pass(Duration.ofMinutes(2));
          lost(() -> report.completeExceptionally(new AgentException("no", Usage.cost(5))));
        }
        assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.BUDGET);
        assertThat(calls).hasSize(2);
        free(arbiter);
      }
    }
  }

  @Test
  void a_call_that_was_kept_and_not_made_does_not_count() throws Exception {
    Task task = Task.builder("fix").budget(TaskBudget.none().withCalls(1)).build();
    try (Arbiter arbiter = arbiter("ada").build()) {
      store.loseAcknowledgements(TaskState.EXECUTING);
      TaskHandle handle = arbiter.submit(task);
      assertThat(calls).isEmpty();
      outage();
      assertThat(calls).hasSize(1);
      reports.get(0).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      free(arbiter);
    }
  }

  @Test
  void a_retry_that_was_kept_and_not_made_is_made() throws Exception {
    try (Arbiter arbiter = arbiter("ada").build()) {
      TaskHandle handle = arbiter.submit(TASK);
      reports.get(0).completeExceptionally(cutOff(AgentException.Effect.NONE));
      store.loseAcknowledgements(TaskState.EXECUTING);
      world.pass(Duration.ofSeconds(30));
      assertThat(calls).hasSize(1);
      outage();
      world.pass(Duration.ofSeconds(1));
      assertThat(calls).hasSize(2);
      reports.get(1).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      free(arbiter);
    }
  }

  /** What an agent had used when its question was lost is counted when its attempt ends. */
  @Test
  void money_of_an_attempt_that_goes_on_is_counted_once() throws Exception {
    Task task = Task.builder("fix").budget(TaskBudget.ofCost(8)).build();
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd").fallbacks(9).build()) {
      TaskHandle handle = arbiter.submit(task);
      calls.get(0).meter().add(Usage.cost(4));
      lost(() -> assertThat(asks(calls.get(0), "Which?")).isNotNull());
      reports.get(0).completeExceptionally(new AgentException("no", Usage.cost(5)));
      reports.get(1).completeExceptionally(new AgentException("no", Usage.cost(2)));
      assertThat(calls).as("7 of 8 dollars are used up").hasSize(3);
      reports.get(2).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void a_call_after_a_usage_limit_that_was_not_made_is_made() throws Exception {
    try (Arbiter arbiter = arbiter("ada").build()) {
      TaskHandle handle = arbiter.submit(TASK);
      reports
          .get(0)
          .completeExceptionally(
              AgentException.quota("limit", world.now().plus(Duration.ofHours(1))));
      store.loseAcknowledgements(TaskState.EXECUTING);
      world.pass(Duration.ofHours(1).plusSeconds(2));
      assertThat(calls).hasSize(1);
      store.goAndComeBack();
      world.pass(Duration.ofSeconds(1));
      reports.get(1).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      free(arbiter);
    }
  }

  /**
   * The second agent was about to start beside the slow one: it was not called, and is not tried.
   */
  @Test
  void an_agent_that_was_about_to_join_is_tried_later() throws Exception {
    try (Arbiter arbiter =
        arbiter("ada", "bob").fallbacks(1).hedging(new Hedging(Duration.ofSeconds(5), 1)).build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").hedged().build());
      store.loseAcknowledgements(TaskState.EXECUTING);
      world.pass(Duration.ofSeconds(6));
      outage();
      assertThat(calls).extracting(Assignment::agent).containsExactly("ada");
      reports.get(0).completeExceptionally(new IllegalStateException("no"));
      assertThat(calls).extracting(Assignment::agent).containsExactly("ada", "bob");
      reports.get(1).complete(WorkReport.of("done"));
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      free(arbiter);
    }
  }

  /** It has no place any more, and none is free: the cancellation came while the store wrote. */
  @Test
  void a_cancellation_that_comes_while_a_report_is_kept_ends_the_task() throws Exception {
    try (Arbiter arbiter = arbiter("ada").concurrency(1).build()) {
      TaskHandle handle = arbiter.submit(TASK);
      CompletableFuture<Approval> answered = asks(calls.get(0), "Which?");
      TaskHandle other = arbiter.submit(Task.builder("fix").build());
      answer(arbiter, "this");
      assertThat(answered).isCompleted();
      store.hold();
      reports.get(0).complete(WorkReport.of("done"));
      assertThat(handle.cancel("enough")).isTrue();
      store.release();
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Cancelled.class);
      assertThat(other.state()).isEqualTo(TaskState.EXECUTING);
      reports.get(1).complete(WorkReport.of("done"));
      assertThat(other.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      free(arbiter);
    }
  }
}
