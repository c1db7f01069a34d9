/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Finding;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What follows from a failed attempt: the same agent, another one, a person, or the end. */
class FailuresTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final Duration HOUR = Duration.ofHours(1);

  private final WaitingWorld world = new WaitingWorld();
  private final List<Assignment> calls = new ArrayList<>();
  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<AttemptFailure> told = new ArrayList<>();

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

  private ArbiterBuilder arbiter() {
    return world
        .arbiter()
        .router(new Listening())
        .listener(
            event -> {
              if (event instanceof TaskEvent.Routing routing) {
                routing.failed().ifPresent(told::add);
              }
            });
  }

  /* The first calls fail so, the next one works. */
  private WorkReport fails(Assignment assignment, int times, Exception with) throws Exception {
    calls.add(assignment);
    if (calls.size() <= times) {
      throw with;
    }
    return WorkReport.of("done");
  }

  private static AgentException without(FailureCause cause) {
    return new AgentException("no", Usage.cost(2)).failure(cause).effect(Effect.NONE);
  }

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  @ParameterizedTest
  @CsvSource({"-1, true", "0, false", "1, false"})
  void a_retry_is_waited_for_if_it_comes_before_the_deadline(long nanos, boolean isWaitedFor) {
    AgentException later =
        without(FailureCause.RATE).retryAt(world.now().plus(HOUR).plusNanos(nanos));
    try (Arbiter arbiter =
        arbiter().agent(ADA, assignment -> fails(assignment, 1, later)).build()) {
      TaskHandle handle = arbiter.submit(task().deadline(HOUR).build());

      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Retry.class)).isEqualTo(isWaitedFor);
      assertThat(handle.state().isEnd()).isEqualTo(!isWaitedFor);
    }
  }

  /** The limit of an attempt and a budget of time are for agents that work. */
  @Test
  void the_pause_before_a_retry_uses_up_no_working_time() throws Exception {
    AgentException later = without(FailureCause.RATE).retryAt(world.now().plus(HOUR));
    try (Arbiter arbiter =
        arbiter()
            .attemptLimit(Duration.ofMinutes(5))
            .agent(ADA, assignment -> fails(assignment, 1, later))
            .build()) {
      TaskHandle handle =
          arbiter.submit(
              task()
                  .deadline(Duration.ofHours(3))
                  .budget(TaskBudget.none().withTime(Duration.ofMinutes(1)))
                  .build());
      assertThat(handle.waitsFor())
          .contains(new WaitReason.Retry("ada", 1, world.now().plus(HOUR)));

      world.pass(Duration.ofHours(2));

      assertThat(((TaskResult.Completed) handle.await(SOON)).attempts()).isEqualTo(1);
      assertThat(calls).hasSize(2);
    }
  }

  @Test
  void a_deadline_that_pauses_waits_for_any_retry() throws Exception {
    AgentException later = without(FailureCause.RATE).retryAt(world.now().plus(HOUR));
    try (Arbiter arbiter =
        arbiter().agent(ADA, assignment -> fails(assignment, 1, later)).build()) {
      TaskHandle handle =
          arbiter.submit(task().deadline(Duration.ofMinutes(1)).deadlinePauses().build());
      world.pass(Duration.ofMinutes(59));
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Retry.class)).isTrue();

      world.pass(Duration.ofMinutes(10));

      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void a_time_to_come_again_that_is_over_does_not_shorten_the_pause() {
    AgentException soon = without(FailureCause.RATE).retryAt(world.now().minusSeconds(60));
    try (Arbiter arbiter = arbiter().agent(ADA, assignment -> fails(assignment, 1, soon)).build()) {
      TaskHandle handle = arbiter.submit(task().build());
      WaitReason.Retry retry = (WaitReason.Retry) handle.waitsFor().orElseThrow();

      assertThat(retry.at()).isBetween(world.now(), world.now().plusMillis(500));
    }
  }

  @ParameterizedTest
  @CsvSource({"-60, 1", "0, 1", "1, 1", "2, 2", "3600, 3600"})
  void an_agent_that_says_its_limit_is_limited_for_a_second_at_least(long said, long expected) {
    AgentException quota = AgentException.quota("limit", world.now().plusSeconds(said));
    try (Arbiter arbiter =
        arbiter().agent(ADA, assignment -> fails(assignment, 1, quota)).build()) {
      TaskHandle handle = arbiter.submit(task().build());

      assertThat(arbiter.agents().find("ada").orElseThrow().availableAt())
          .contains(world.now().plusSeconds(expected));
      assertThat(handle.waitsFor())
          .contains(new WaitReason.Quota("ada", world.now().plusSeconds(expected)));
    }
  }

  @Test
  void a_limit_without_an_end_lasts_a_second() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .agent(ADA, assignment -> fails(assignment, 1, without(FailureCause.QUOTA)))
            .build()) {
      TaskHandle handle = arbiter.submit(task().build());
      assertThat(arbiter.agents().find("ada").orElseThrow().availableAt())
          .contains(world.now().plusSeconds(1));

      world.pass(Duration.ofSeconds(1));

      assertThat(((TaskResult.Completed) handle.await(SOON)).attempts()).isEqualTo(1);
      assertThat(outcomes)
          .as("a limit says nothing of the agent")
          .extracting(Outcome::kind)
          .doesNotContain(Outcome.Kind.FAILURE);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureCause.class,
      names = {"AGENT_ERROR", "AGENT_TIMEOUT", "CONNECTIVITY", "RATE", "RESOURCE", "AUTHORIZATION"})
  void the_same_agent_is_called_again_only_for_what_passes_by_itself(FailureCause cause) {
    try (Arbiter arbiter =
        arbiter()
            .agent(ADA, assignment -> fails(assignment, 1, without(cause)))
            .agent(AgentProfile.of("bob"), assignment -> fails(assignment, 1, without(cause)))
            .build()) {
      TaskHandle handle = arbiter.submit(task().build());
      boolean again = Retries.passes(cause);

      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Retry.class)).isEqualTo(again);
      assertThat(calls).hasSize(again ? 1 : 2);
      assertThat(outcomes)
          .extracting(Outcome::kind)
          .isEqualTo(again ? List.of() : List.of(Outcome.Kind.FAILURE, Outcome.Kind.SUCCESS));
    }
  }

  @Test
  void what_failed_is_told_with_its_cause_its_words_and_its_cost() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .agent(ADA, a -> fails(a, 1, without(FailureCause.AUTHORIZATION)))
            .agent(AgentProfile.of("bob"), a -> fails(a, 1, without(FailureCause.AUTHORIZATION)))
            .build()) {
      TaskHandle handle = arbiter.submit(task().build());
      assertThat(((TaskResult.Completed) handle.await(SOON)).attempts()).isEqualTo(2);
    }
    assertThat(told).hasSize(1);
    assertThat(told.get(0).cause()).isEqualTo(FailureCause.AUTHORIZATION);
    assertThat(told.get(0).message()).contains("no");
    assertThat(told.get(0).usage()).isEqualTo(Usage.cost(2));
    assertThat(told.get(0).verdict()).isEmpty();
    assertThat(told.get(0).detail()).contains("AgentException");
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 2", "2, 3", "9, 3"})
  void so_many_other_agents_are_tried_as_were_allowed_and_as_there_are(int fallbacks, int tried)
      throws Exception {
    ArbiterBuilder builder = arbiter().fallbacks(fallbacks);
    for (String id : List.of("ada", "bob", "cleo")) {
      builder.agent(
          AgentProfile.of(id),
          assignment -> fails(assignment, Integer.MAX_VALUE, new IllegalStateException("no")));
    }
    try (Arbiter arbiter = builder.build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task().build()).await(SOON);

      assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_ERROR);
      assertThat(failed.attempts()).isEqualTo(tried);
      assertThat(calls).extracting(Assignment::agent).doesNotHaveDuplicates().hasSize(tried);
      assertThat(outcomes).extracting(Outcome::kind).containsOnly(Outcome.Kind.FAILURE);
      assertThat(outcomes).hasSize(tried);
    }
  }

  @Test
  void an_invalid_instruction_is_the_end_and_says_so() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .agent(ADA, a -> fails(a, 9, without(FailureCause.INVALID_INPUT)))
            .agent(AgentProfile.of("bob"), a -> fails(a, 9, without(FailureCause.INVALID_INPUT)))
            .build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task().build()).await(SOON);

      assertThat(failed.cause()).isEqualTo(FailureCause.INVALID_INPUT);
      assertThat(failed.message()).contains("no");
      assertThat(failed.attempts()).isEqualTo(1);
      assertThat(failed.verdict()).isEmpty();
    }
  }

  @Test
  void an_attempt_with_an_unknown_effect_is_a_failure_of_its_agent() {
    AgentException possible = new AgentException("cut off", Usage.cost(2)).effect(Effect.POSSIBLE);
    try (Arbiter arbiter =
        arbiter().agent(ADA, assignment -> fails(assignment, 1, possible)).build()) {
      TaskHandle handle = arbiter.submit(task().build());

      assertThat(handle.waitsFor()).contains(new WaitReason.UnknownEffect("ada", 1));
      assertThat(outcomes).extracting(Outcome::kind).containsExactly(Outcome.Kind.FAILURE);
    }
  }

  @Test
  void a_denial_is_a_violation_unless_it_is_excused() throws Exception {
    for (boolean excused : List.of(false, true)) {
      outcomes.clear();
      StubConstitution denies =
          new StubConstitution() {
            @Override
            public Verdict judge(Assignment assignment, WorkReport report) {
              return new Verdict.Denied(
                  List.of(Finding.error("work.bad", "", "bad")), Seal.none(), excused);
            }
          };
      try (Arbiter arbiter =
          arbiter()
              .constitution(denies)
              .agent(ADA, assignment -> WorkReport.of("one"))
              .agent(AgentProfile.of("bob"), assignment -> WorkReport.of("two"))
              .build()) {
        TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(task().build()).await(SOON);

        assertThat(failed.cause()).isEqualTo(FailureCause.DENIED);
        assertThat(failed.verdict()).map(Verdict::isExcused).contains(excused);
        assertThat(outcomes)
            .extracting(Outcome::kind)
            .hasSize(2)
            .containsOnly(excused ? Outcome.Kind.INFRASTRUCTURE : Outcome.Kind.VIOLATION);
      }
    }
  }

  @Test
  void of_several_at_work_one_that_fails_is_not_called_again_and_the_others_work_on()
      throws Exception {
    CompletableFuture<WorkReport> bob = new CompletableFuture<>();
    try (Arbiter arbiter =
        arbiter()
            .agent(ADA, assignment -> fails(assignment, 9, without(FailureCause.CONNECTIVITY)))
            .asyncAgent(AgentProfile.of("bob"), assignment -> bob)
            .build()) {
      TaskHandle handle = arbiter.submit(task().bestOf(2).build());
      assertThat(handle.waitsFor()).isEmpty();
      bob.complete(WorkReport.of("done"));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.agent()).isEqualTo("bob");
      assertThat(calls).hasSize(1);
      assertThat(outcomes)
          .filteredOn(outcome -> outcome.decision().agent().equals("ada"))
          .extracting(Outcome::kind)
          .containsExactly(Outcome.Kind.FAILURE);
    }
  }

  @Test
  void of_several_at_work_one_that_meets_its_limit_is_not_blamed() throws Exception {
    CompletableFuture<WorkReport> bob = new CompletableFuture<>();
    Instant end = world.now().plus(HOUR);
    try (Arbiter arbiter =
        arbiter()
            .agent(ADA, assignment -> fails(assignment, 9, AgentException.quota("limit", end)))
            .asyncAgent(AgentProfile.of("bob"), assignment -> bob)
            .build()) {
      TaskHandle handle = arbiter.submit(task().bestOf(2).build());
      assertThat(arbiter.agents().find("ada").orElseThrow().status()).isEqualTo(Status.LIMITED);
      bob.complete(WorkReport.of("done"));

      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(outcomes)
          .filteredOn(outcome -> outcome.decision().agent().equals("ada"))
          .extracting(Outcome::kind)
          .containsExactly(Outcome.Kind.INFRASTRUCTURE);
    }
  }

  @Test
  void a_limit_that_was_met_is_no_attempt_and_is_told() throws Exception {
    AgentException quota = AgentException.quota("limit", world.now().plus(HOUR));
    try (Arbiter arbiter =
        arbiter()
            .fallbacks(0)
            .agent(ADA, assignment -> fails(assignment, 1, quota))
            .agent(AgentProfile.of("bob"), assignment -> fails(assignment, 1, quota))
            .build()) {
      TaskResult.Completed done = (TaskResult.Completed) arbiter.submit(task().build()).await(SOON);

      assertThat(done.attempts()).isEqualTo(1);
      assertThat(outcomes)
          .as("each decision has an outcome, and nobody is blamed")
          .extracting(Outcome::kind)
          .containsExactly(Outcome.Kind.INFRASTRUCTURE, Outcome.Kind.SUCCESS);
      assertThat(told).extracting(AttemptFailure::cause).containsExactly(FailureCause.QUOTA);
      assertThat(told.get(0).verdict()).isEqualTo(Optional.empty());
    }
  }

  @ParameterizedTest
  @CsvSource({"CONNECTIVITY, true", "AGENT_ERROR, false"})
  void an_idempotent_agent_may_have_done_something_and_no_person_is_needed(
      FailureCause cause, boolean isCalledAgain) {
    AgentException possible =
        new AgentException("cut off", Usage.none()).failure(cause).effect(Effect.POSSIBLE);
    try (Arbiter arbiter =
        arbiter()
            .agent(
                AgentProfile.builder("ada").idempotent().build(),
                assignment -> fails(assignment, 1, possible))
            .build()) {
      TaskHandle handle = arbiter.submit(task().build());

      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Retry.class)).isEqualTo(isCalledAgain);
      assertThat(handle.state().isEnd()).isEqualTo(!isCalledAgain);
    }
  }

  @Test
  void what_the_call_before_a_retry_used_up_is_part_of_the_attempt() throws Exception {
    try (Arbiter arbiter =
        arbiter()
            .agent(
                ADA,
                assignment ->
                    fails(assignment, 2, without(FailureCause.RESOURCE)).withUsage(Usage.cost(1)))
            .build()) {
      TaskHandle handle = arbiter.submit(task().build());
      world.pass(Duration.ofSeconds(5));
      world.pass(Duration.ofSeconds(5));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(calls).hasSize(3);
      assertThat(done.attempts()).isEqualTo(1);
      assertThat(done.report().usage()).isEqualTo(Usage.cost(5));
    }
  }

  @Test
  void an_attempt_has_no_more_retries_than_its_policy_allows() throws Exception {
    RetryPolicy one = new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), 0, 9);
    try (Arbiter arbiter =
        arbiter()
            .retries(one)
            .agent(ADA, assignment -> fails(assignment, 9, without(FailureCause.RESOURCE)))
            .build()) {
      TaskHandle handle = arbiter.submit(task().build());
      world.pass(Duration.ofSeconds(1));

      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.RESOURCE);
      assertThat(calls).hasSize(2);
    }
  }

  /** All tasks share the retries, and there is one. */
  @Test
  void a_retry_that_would_come_too_late_is_left_for_others() throws Exception {
    RetryPolicy one = new RetryPolicy(1, Duration.ofMillis(1), Duration.ofMillis(1), 0, 1);
    AgentException late = without(FailureCause.RATE).retryAt(world.now().plus(HOUR));
    try (Arbiter arbiter =
        arbiter().retries(one).agent(ADA, assignment -> fails(assignment, 2, late)).build()) {
      Task urgent = Task.builder("fix").deadline(Duration.ofMinutes(1)).build();
      assertThat(arbiter.submit(urgent).await(SOON)).isInstanceOf(TaskResult.Failed.class);

      TaskHandle patient = arbiter.submit(task().build());

      assertThat(WaitingWorld.waitsFor(patient, WaitReason.Retry.class)).isTrue();
    }
  }

  @Test
  void of_several_at_work_one_whose_work_is_denied_leaves_the_others_at_work() throws Exception {
    CompletableFuture<WorkReport> bob = new CompletableFuture<>();
    try (Arbiter arbiter =
        arbiter()
            .constitution(new StubConstitution())
            .agent(ADA, assignment -> WorkReport.of("bad"))
            .asyncAgent(AgentProfile.of("bob"), assignment -> bob)
            .build()) {
      TaskHandle handle = arbiter.submit(task().bestOf(2).build());
      assertThat(handle.state().isEnd()).isFalse();
      bob.complete(WorkReport.of("good"));

      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
      assertThat(outcomes)
          .filteredOn(outcome -> outcome.decision().agent().equals("ada"))
          .extracting(Outcome::kind)
          .containsExactly(Outcome.Kind.VIOLATION);
    }
  }
}
