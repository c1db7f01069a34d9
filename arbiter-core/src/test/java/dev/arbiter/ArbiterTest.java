/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.task.TaskState.CANCELLED;
import static dev.arbiter.task.TaskState.COMPLETED;
import static dev.arbiter.task.TaskState.EXECUTING;
import static dev.arbiter.task.TaskState.EXECUTION_COMPLETE;
import static dev.arbiter.task.TaskState.FAILED;
import static dev.arbiter.task.TaskState.RECEIVED;
import static dev.arbiter.task.TaskState.REJECTED;
import static dev.arbiter.task.TaskState.ROUTED;
import static dev.arbiter.task.TaskState.ROUTING;
import static dev.arbiter.task.TaskState.SPEC_APPROVED;
import static dev.arbiter.task.TaskState.VALIDATING_SPEC;
import static dev.arbiter.task.TaskState.VERIFIED;
import static dev.arbiter.task.TaskState.VERIFYING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** One task's line on the submitting thread, with fake time. */
class ArbiterTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Agent GOOD = assignment -> WorkReport.of("good");
  private static final Agent BAD = assignment -> WorkReport.of("bad");
  private static final Task TASK = Task.builder("fix").id("T-1").build();

  private final FakeTime time = new FakeTime();
  private final ManualScheduler scheduler = new ManualScheduler();
  private final Recorder recorder = new Recorder();
  private final StubConstitution constitution = new StubConstitution();

  private ArbiterBuilder arbiter() {
    return Arbiter.builder()
        .constitution(constitution)
        .sources(time.sources())
        .scheduler(scheduler)
        .executor(Runnable::run)
        .listener(recorder);
  }

  private static AgentProfile profile(String id) {
    return AgentProfile.of(id, "java");
  }

  private static TaskResult.Failed failed(TaskHandle handle) throws InterruptedException {
    return (TaskResult.Failed) handle.await(SOON);
  }

  @Test
  void a_task_goes_down_the_whole_line() throws Exception {
    try (Arbiter arbiter = arbiter().agent(profile("ada"), GOOD).build()) {
      TaskResult.Completed result = (TaskResult.Completed) arbiter.submit(TASK).await(SOON);

      assertThat(result.agent()).isEqualTo("ada");
      assertThat(result.attempts()).isEqualTo(1);
      assertThat(result.report().output()).isEqualTo("good");
      assertThat(result.verdict().quality()).isEqualTo(0.75);
      assertThat(recorder.states("T-1"))
          .containsExactly(
              RECEIVED,
              VALIDATING_SPEC,
              SPEC_APPROVED,
              ROUTING,
              ROUTED,
              EXECUTING,
              EXECUTION_COMPLETE,
              VERIFYING,
              VERIFIED,
              COMPLETED);
    }
  }

  @Test
  void build_wants_a_word_on_the_constitution() {
    assertThatThrownBy(() -> Arbiter.builder().agent(profile("ada"), GOOD).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("needs a constitution")
        .hasMessageContaining("withoutConstitution()");
  }

  @Test
  void two_agents_cannot_share_an_id() {
    assertThatThrownBy(
            () -> arbiter().agent(profile("ada"), GOOD).agent(profile("ada"), BAD).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("agent 'ada' is registered already; update it, or retire it first");
  }

  @Test
  void a_refused_task_reaches_no_agent() throws Exception {
    List<Assignment> seen = new ArrayList<>();
    Agent watching =
        assignment -> {
          seen.add(assignment);
          return WorkReport.of("good");
        };
    try (Arbiter arbiter = arbiter().agent(profile("ada"), watching).build()) {
      TaskHandle handle = arbiter.submit(Task.builder("forbidden").id("T-2").build());

      TaskResult.Rejected result = (TaskResult.Rejected) handle.await(SOON);

      assertThat(result.findings().get(0).ruleId()).isEqualTo("spec.type");
      assertThat(seen).isEmpty();
      assertThat(recorder.states("T-2")).endsWith(VALIDATING_SPEC, REJECTED);
    }
  }

  @Test
  void a_task_nobody_can_run_fails_and_says_what_is_missing() throws Exception {
    try (Arbiter arbiter = arbiter().agent(profile("ada"), GOOD).build()) {
      Task task = Task.builder("fix").id("T-3").requires("cobol").build();

      TaskResult.Failed result = failed(arbiter.submit(task));

      assertThat(result.cause()).isEqualTo(FailureCause.NO_AGENT);
      assertThat(result.message())
          .isEqualTo(
              "no agent can run task 'T-3' (type fix): 1 registered, 0 with capability 'cobol';"
                  + " register one or relax Task.capabilities");
      assertThat(recorder.states("T-3")).endsWith(ROUTING, FAILED);
    }
  }

  @Test
  void a_denied_attempt_goes_back_to_routing_and_to_another_agent() throws Exception {
    try (Arbiter arbiter =
        arbiter().agent(profile("bad"), BAD).agent(profile("good"), GOOD).build()) {
      TaskResult.Completed result = (TaskResult.Completed) arbiter.submit(TASK).await(SOON);

      assertThat(result.agent()).isEqualTo("good");
      assertThat(result.attempts()).isEqualTo(2);
      assertThat(recorder.states("T-1")).containsSubsequence(VERIFYING, ROUTING, ROUTED, VERIFIED);
    }
  }

  @Test
  void with_no_fallback_left_the_denial_is_the_result() throws Exception {
    try (Arbiter arbiter = arbiter().agent(profile("bad"), BAD).fallbacks(0).build()) {
      TaskResult.Failed result = failed(arbiter.submit(TASK));

      assertThat(result.cause()).isEqualTo(FailureCause.DENIED);
      assertThat(result.message()).isEqualTo("denied: work is bad");
      assertThat(result.verdict()).isPresent();
    }
  }

  @Test
  void an_agent_that_throws_or_returns_null_fails_its_attempt() throws Exception {
    Agent throwing =
        assignment -> {
          throw new java.io.IOException("disk on fire");
        };
    @SuppressWarnings("NullAway")
    Agent nothing = assignment -> null;
    try (Arbiter arbiter = arbiter().fallbacks(0).agent(profile("throwing"), throwing).build()) {
      TaskResult.Failed result = failed(arbiter.submit(TASK));

      assertThat(result.cause()).isEqualTo(FailureCause.AGENT_ERROR);
      assertThat(result.message())
          .isEqualTo("agent 'throwing' failed: java.io.IOException: disk on fire");
    }
    try (Arbiter arbiter = arbiter().fallbacks(0).agent(profile("nothing"), nothing).build()) {
      assertThat(failed(arbiter.submit(TASK)).message())
          .isEqualTo("agent 'nothing' returned null; return a WorkReport");
    }
  }

  @Test
  void an_async_agent_that_never_reports_is_given_up() throws Exception {
    CompletableFuture<WorkReport> never = new CompletableFuture<>();
    try (Arbiter arbiter =
        arbiter()
            .asyncAgent(profile("lost"), assignment -> never)
            .agent(profile("good"), GOOD)
            .attemptLimit(Duration.ofMinutes(1))
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      assertThat(handle.state()).isEqualTo(EXECUTING);

      time.advance(Duration.ofSeconds(59));
      scheduler.tick();
      assertThat(handle.state()).isEqualTo(EXECUTING);
      time.advance(Duration.ofSeconds(1));
      scheduler.tick();

      assertThat(handle.state()).isEqualTo(COMPLETED);
      assertThat(never).isCancelled();
      assertThat(arbiter.stats().abandoned()).isZero();
      TaskEvent.Routing again =
          (TaskEvent.Routing)
              recorder.events.stream()
                  .filter(TaskEvent.Routing.class::isInstance)
                  .skip(1)
                  .findFirst()
                  .orElseThrow();
      assertThat(again.failed().orElseThrow().message())
          .isEqualTo("agent 'lost' did not report within PT1M; it was interrupted");
    }
  }

  @Test
  void a_task_that_misses_its_deadline_fails() throws Exception {
    try (Arbiter arbiter =
        arbiter().asyncAgent(profile("slow"), a -> new CompletableFuture<>()).build()) {
      TaskHandle handle =
          arbiter.submit(Task.builder("fix").id("T-4").deadline(Duration.ofSeconds(5)).build());

      time.advance(Duration.ofSeconds(5));
      scheduler.tick();

      assertThat(failed(handle).cause()).isEqualTo(FailureCause.DEADLINE);
      assertThat(failed(handle).message())
          .isEqualTo(
              "task 'T-4' missed its deadline of PT5S while EXECUTING;"
                  + " give it more time or a higher priority");
    }
  }

  @Test
  void a_cancelled_task_ends_at_once_and_a_late_report_is_ignored() throws Exception {
    CompletableFuture<WorkReport> later = new CompletableFuture<>();
    try (Arbiter arbiter = arbiter().asyncAgent(profile("ada"), a -> later.copy()).build()) {
      TaskHandle handle = arbiter.submit(TASK);

      assertThat(handle.cancel("no longer needed")).isTrue();
      later.complete(WorkReport.of("good"));

      assertThat(handle.await(SOON)).isEqualTo(new TaskResult.Cancelled(TASK, "no longer needed"));
      assertThat(recorder.states("T-1")).endsWith(EXECUTING, CANCELLED);
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  @Test
  void a_completed_task_cannot_be_cancelled() {
    try (Arbiter arbiter = arbiter().agent(profile("ada"), GOOD).build()) {
      TaskHandle handle = arbiter.submit(TASK);

      assertThat(handle.cancel("too late")).isFalse();
      assertThat(handle.state()).isEqualTo(COMPLETED);
    }
  }

  @Test
  void a_spec_that_changes_after_approval_stops_the_attempt() throws Exception {
    Router changing =
        request -> {
          constitution.digest = "sha256:2";
          return Router.leastLoaded().route(request);
        };
    try (Arbiter arbiter = arbiter().router(changing).agent(profile("ada"), GOOD).build()) {
      TaskResult.Failed result = failed(arbiter.submit(TASK));

      assertThat(result.cause()).isEqualTo(FailureCause.APPROVAL_VOID);
      assertThat(result.message()).contains("changed after the task was approved");
      assertThat(recorder.states("T-1")).doesNotContain(EXECUTING);
    }
  }

  @Test
  void a_listener_that_throws_disturbs_nothing() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .listener(
                event -> {
                  throw new IllegalStateException("listener bug");
                })
            .agent(profile("ada"), GOOD)
            .build()) {
      TaskResult result = arbiter.submit(TASK).await(SOON);

      assertThat(result).isInstanceOf(TaskResult.Completed.class);
      assertThat(arbiter.stats().listenerErrors()).isEqualTo(11);
    }
  }

  @Test
  void a_constitution_that_throws_lets_nothing_pass() throws Exception {
    StubConstitution broken =
        new StubConstitution() {
          @Override
          public dev.arbiter.task.Verdict judge(Assignment assignment, WorkReport report) {
            throw new IllegalStateException("no rules today");
          }
        };
    try (Arbiter arbiter =
        arbiter().constitution(broken).fallbacks(0).agent(profile("ada"), GOOD).build()) {
      TaskResult.Failed result = failed(arbiter.submit(TASK));

      assertThat(result.cause()).isEqualTo(FailureCause.DENIED);
      assertThat(result.message()).contains("nothing passes").contains("no rules today");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the mistake that is tested
  void a_router_that_returns_null_is_named() throws Exception {
    try (Arbiter arbiter = arbiter().router(r -> null).agent(profile("ada"), GOOD).build()) {
      assertThat(failed(arbiter.submit(TASK)).message())
          .contains("router " + getClass().getName())
          .contains("returned null; return a decision for a candidate");
    }
  }

  @Test
  void a_router_that_fails_or_errs_ends_the_task_and_is_named() throws Exception {
    Router broken =
        request -> {
          throw new IllegalStateException("no idea");
        };
    RoutingDecision stranger = Router.leastLoaded().route(requestFor("stranger"));
    try (Arbiter arbiter = arbiter().router(broken).agent(profile("ada"), GOOD).build()) {
      TaskResult.Failed result = failed(arbiter.submit(TASK));

      assertThat(result.cause()).isEqualTo(FailureCause.INTERNAL);
      assertThat(result.message())
          .contains("while ROUTING")
          .contains("router " + broken.getClass().getName())
          .contains("no idea");
      assertThat(arbiter.stats().inFlight()).isZero();
    }
    try (Arbiter arbiter = arbiter().router(r -> stranger).agent(profile("ada"), GOOD).build()) {
      assertThat(failed(arbiter.submit(TASK)).message())
          .contains("chose agent 'stranger', which is none of the 1 candidates");
    }
  }

  @Test
  void a_router_that_refuses_a_fallback_leaves_the_task_with_the_verdict_it_had() throws Exception {
    Router once =
        request -> {
          if (!request.failed().isEmpty()) {
            throw new Router.RefusedException("the money is spent; raise the limit");
          }
          return Router.leastLoaded().route(request);
        };
    try (Arbiter arbiter =
        arbiter().router(once).agent(profile("bad"), BAD).agent(profile("good"), GOOD).build()) {
      TaskResult.Failed result = failed(arbiter.submit(TASK));

      assertThat(result.cause()).isEqualTo(FailureCause.REFUSED);
      assertThat(result.message()).isEqualTo("the money is spent; raise the limit");
      assertThat(result.verdict()).isPresent();
    }
  }

  private RoutingRequest requestFor(String agent) {
    try (Arbiter other = arbiter().agent(profile(agent), GOOD).build()) {
      return new RoutingRequest(
          TASK, other.agents().all(), dev.arbiter.spi.PerformanceView.empty(), List.of());
    }
  }

  @Test
  void the_router_learns_every_outcome_with_its_parts() {
    List<Outcome> learned = new ArrayList<>();
    Router learning =
        new Router() {
          @Override
          public RoutingDecision route(RoutingRequest request) {
            return Router.leastLoaded().route(request);
          }

          @Override
          public void learn(Outcome outcome) {
            learned.add(outcome);
          }
        };
    Agent costly =
        assignment -> {
          time.advance(Duration.ofSeconds(3));
          return WorkReport.of("good").withUsage(Usage.cost(0.25));
        };
    try (Arbiter arbiter =
        arbiter()
            .router(learning)
            .agent(profile("bad"), BAD)
            .agent(profile("costly"), costly)
            .build()) {
      TaskHandle unused = arbiter.submit(TASK);

      assertThat(learned).hasSize(2);
      assertThat(learned.get(0).kind()).isEqualTo(Outcome.Kind.VIOLATION);
      assertThat(learned.get(0).reward()).isZero();
      Outcome success = learned.get(1);
      assertThat(success.decision().agent()).isEqualTo("costly");
      assertThat(success.attempt()).isEqualTo(2);
      assertThat(success.reward()).isEqualTo(0.75);
      assertThat(success.cost()).isEqualTo(0.25);
      assertThat(success.time()).isEqualTo(Duration.ofSeconds(3));
    }
  }

  @Test
  void a_router_that_cannot_learn_disturbs_nothing() throws Exception {
    Router forgetful =
        new Router() {
          @Override
          public RoutingDecision route(RoutingRequest request) {
            return Router.leastLoaded().route(request);
          }

          @Override
          public void learn(Outcome outcome) {
            throw new IllegalStateException("too much");
          }
        };
    try (Arbiter arbiter = arbiter().router(forgetful).agent(profile("ada"), GOOD).build()) {
      assertThat(arbiter.submit(TASK).await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(arbiter.stats().learningErrors()).isEqualTo(1);
    }
  }

  @Test
  void a_store_that_does_not_keep_the_task_makes_submit_fail() {
    FailingStore full = FailingStore.at(state -> true);
    try (Arbiter arbiter = arbiter().store(full).agent(profile("ada"), GOOD).build()) {
      assertThatThrownBy(() -> arbiter.submit(TASK))
          .isInstanceOf(ArbiterException.class)
          .hasMessageContaining("task 'T-1' was not accepted")
          .hasRootCauseMessage("disk full");
      assertThat(arbiter.stats().inFlight()).isZero();
      assertThat(recorder.states("T-1")).isEmpty();
    }
  }

  @Test
  void a_store_that_fails_later_and_stays_away_leaves_nobody_waiting() throws Exception {
    FailingStore failing = FailingStore.at(state -> state != RECEIVED);
    try (Arbiter arbiter = arbiter().store(failing).agent(profile("ada"), GOOD).build()) {
      TaskHandle handle = arbiter.submit(TASK);
      assertThat(handle.state().isEnd()).isFalse();
      time.advance(Duration.ofSeconds(30));
      scheduler.tick();

      TaskResult.Failed result = failed(handle);
      assertThat(result.cause()).isEqualTo(FailureCause.UNRECORDED);
      assertThat(result.message()).contains("disk full");
      assertThat(recorder.states("T-1")).endsWith(FAILED);
      assertThat(arbiter.stats().inFlight()).isZero();
      assertThat(arbiter.stats().storeErrors()).isPositive();
    }
  }

  @Test
  void a_full_queue_refuses_and_says_so() {
    try (Arbiter arbiter =
        arbiter()
            .asyncAgent(profile("ada"), a -> new CompletableFuture<>())
            .concurrency(1)
            .queueCapacity(1)
            .closeLimit(Duration.ZERO)
            .build()) {
      TaskHandle first = arbiter.submit(Task.builder("fix").id("T-5").build());
      TaskHandle second = arbiter.submit(Task.builder("fix").id("T-6").build());

      assertThatThrownBy(() -> arbiter.submit(Task.builder("fix").id("T-7").build()))
          .isInstanceOf(ArbiterException.class)
          .hasMessageContaining("task 'T-7' was not accepted: 1 tasks wait and the queue is full");
      assertThat(first.state()).isEqualTo(EXECUTING);
      assertThat(second.state()).isEqualTo(RECEIVED);
      assertThat(recorder.states("T-7")).isEmpty();
    }
  }

  @Test
  void the_same_idempotency_key_is_one_task() {
    Task task = Task.builder("fix").idempotencyKey("order-7").payload("a").build();
    Task other = Task.builder("fix").idempotencyKey("order-7").payload("b").build();
    Task stranger = Task.builder("fix").idempotencyKey("order-7").tenant("acme").build();
    try (Arbiter arbiter = arbiter().agent(profile("ada"), GOOD).build()) {
      TaskHandle first = arbiter.submit(task);

      assertThat(arbiter.submit(task)).isSameAs(first);
      assertThat(arbiter.submit(stranger)).isNotSameAs(first);
      assertThatThrownBy(() -> arbiter.submit(other))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("idempotency key 'order-7'")
          .hasMessageContaining("use a new key");
    }
  }

  @Test
  void a_task_id_is_taken_until_its_task_has_ended_within_its_tenant() {
    CompletableFuture<WorkReport> later = new CompletableFuture<>();
    try (Arbiter arbiter = arbiter().asyncAgent(profile("ada"), a -> later.copy()).build()) {
      TaskHandle first = arbiter.submit(TASK);

      assertThatThrownBy(() -> arbiter.submit(TASK))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("task 'T-1' of tenant 'default' was submitted before");
      TaskHandle others = arbiter.submit(Task.builder("fix").id("T-1").tenant("acme").build());
      later.complete(WorkReport.of("good"));
      assertThat(others.state()).isEqualTo(COMPLETED);
      assertThat(first.state()).isEqualTo(COMPLETED);
      assertThat(arbiter.submit(TASK).state()).isEqualTo(COMPLETED);
    }
  }

  @Test
  void a_subscriber_sees_its_own_task_only() {
    Recorder mine = new Recorder();
    CompletableFuture<WorkReport> later = new CompletableFuture<>();
    try (Arbiter arbiter = arbiter().asyncAgent(profile("ada"), a -> later.copy()).build()) {
      TaskHandle handle = arbiter.submit(TASK);
      TaskHandle other = arbiter.submit(Task.builder("fix").id("T-9").build());
      handle.subscribe(mine);

      later.complete(WorkReport.of("good"));

      assertThat(other.state()).isEqualTo(COMPLETED);
      assertThat(mine.states("T-1"))
          .containsExactly(EXECUTION_COMPLETE, VERIFYING, VERIFIED, COMPLETED);
      assertThat(mine.events).hasSize(4);
    }
  }

  @Test
  void an_interceptor_amends_what_the_agent_says() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .fallbacks(0)
            .interceptor(
                (assignment, next) ->
                    next.proceed(assignment)
                        .thenApply(report -> WorkReport.of(report.output().replace("good", "bad"))))
            .agent(profile("ada"), GOOD)
            .build()) {
      assertThat(failed(arbiter.submit(TASK)).cause()).isEqualTo(FailureCause.DENIED);
    }
  }

  @Test
  void a_closed_arbiter_takes_nothing() {
    Arbiter arbiter = arbiter().agent(profile("ada"), GOOD).build();
    arbiter.close();

    assertThatThrownBy(() -> arbiter.submit(TASK))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the arbiter is closed");
  }

  @Test
  void closing_cancels_what_does_not_end_in_time() throws Exception {
    Arbiter arbiter =
        arbiter()
            .asyncAgent(profile("ada"), a -> new CompletableFuture<>())
            .closeLimit(Duration.ZERO)
            .build();
    TaskHandle handle = arbiter.submit(TASK);

    arbiter.close();

    assertThat(handle.await(SOON))
        .isEqualTo(new TaskResult.Cancelled(TASK, "the arbiter was closed"));
  }

  @Test
  void one_seed_gives_one_event_stream() throws Exception {
    assertThat(replay()).isEqualTo(replay()).hasSizeGreaterThan(1_000);
  }

  private static List<String> replay() throws InterruptedException {
    FakeTime time = new FakeTime();
    Recorder recorder = new Recorder();
    Agent flaky =
        assignment -> {
          time.advance(Duration.ofMillis(7));
          return WorkReport.of(assignment.task().id().hashCode() % 3 == 0 ? "bad" : "good");
        };
    try (Arbiter arbiter =
        Arbiter.builder()
            .constitution(new StubConstitution())
            .sources(time.sources())
            .executor(Runnable::run)
            .scheduler(new ManualScheduler())
            .listener(recorder)
            .agent(profile("ada"), flaky)
            .agent(profile("bob"), flaky)
            .build()) {
      for (int i = 0; i < 100; i++) {
        TaskResult unused = arbiter.submit(Task.builder("fix").build()).await(SOON);
      }
    }
    // Records print all their parts; a decision prints its own, with the registry left out.
    return recorder.events.stream()
        .map(event -> event.toString().replaceAll("considered=.*?]]", ""))
        .map(text -> text.replaceAll("Slots@[0-9a-f]+|Lambda[^,\\]]*", ""))
        .toList();
  }
}
