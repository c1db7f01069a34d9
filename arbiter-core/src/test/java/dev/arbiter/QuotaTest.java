/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Agents that reach their usage limits. */
class QuotaTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final WaitingWorld world = new WaitingWorld();
  private final Instant resets = world.now().plus(AN_HOUR);
  private final List<Instant> calls = new ArrayList<>();

  private static Task task(int number) {
    return Task.builder("fix").id("T-" + number).build();
  }

  private WorkReport limited(Assignment assignment) throws AgentException {
    calls.add(world.now());
    if (world.now().isBefore(resets)) {
      throw AgentException.quota("usage limit reached", resets);
    }
    return WorkReport.of("done");
  }

  private static RegisteredAgent ada(Arbiter arbiter) {
    return arbiter.agents().find("ada").orElseThrow();
  }

  @Test
  void tasks_wait_until_the_limit_ends_and_go_on_by_themselves() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::limited).build()) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        handles.add(arbiter.submit(task(i)));
      }
      assertThat(calls).hasSize(1);
      assertThat(ada(arbiter).status()).isEqualTo(Status.LIMITED);
      assertThat(ada(arbiter).availableAt()).contains(resets);
      assertThat(handles)
          .allMatch(handle -> handle.waitsFor().equals(quota()), "waits for the quota");

      world.pass(AN_HOUR.minusSeconds(1));
      assertThat(calls).hasSize(1);
      world.pass(Duration.ofSeconds(2));

      for (TaskHandle handle : handles) {
        TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
        assertThat(done.attempts()).isEqualTo(1);
      }
      assertThat(calls).hasSize(51);
      assertThat(calls.subList(1, 51)).allMatch(at -> !at.isBefore(resets));
      assertThat(ada(arbiter).status()).isEqualTo(Status.AVAILABLE);
    }
  }

  /** Its decision is dropped, but the event is about the attempt that met the limit. */
  @Test
  void the_attempt_that_met_the_limit_is_told() throws Exception {
    List<TaskEvent.Routing> told = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .listener(
                event -> {
                  if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
                    told.add(routing);
                  }
                })
            .agent(ADA, this::limited)
            .build()) {
      assertThat(arbiter.submit(task(1)).state()).isEqualTo(TaskState.WAITING);
    }
    assertThat(told).hasSize(1);
    assertThat(told.get(0).failed().orElseThrow().cause()).isEqualTo(FailureCause.QUOTA);
    assertThat(told.get(0).step().attempt()).isEqualTo(1);
    assertThat(told.get(0).step().agent()).isEqualTo("ada");
  }

  private java.util.Optional<WaitReason> quota() {
    return java.util.Optional.of(new WaitReason.Quota("ada", resets));
  }

  /** Before, such a task failed: its agent counted as tried. */
  @Test
  void a_task_that_waits_for_a_slot_of_an_agent_waits_for_its_limit() throws Exception {
    CompletableFuture<WorkReport> first = new CompletableFuture<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(
                AgentProfile.builder("ada").capacity(1).build(),
                assignment ->
                    assignment.task().id().equals("T-1")
                        ? first
                        : CompletableFuture.completedFuture(WorkReport.of("done")))
            .build()) {
      arbiter.submit(task(1));
      TaskHandle second = arbiter.submit(task(2));

      assertThat(second.state()).isEqualTo(TaskState.ROUTED);

      arbiter.agents().limit("ada", resets);

      assertThat(second.waitsFor()).isEqualTo(quota());
      first.complete(WorkReport.of("done"));
      world.pass(AN_HOUR.plusSeconds(1));
      assertThat(((TaskResult.Completed) second.await(SOON)).attempts()).isEqualTo(1);
    }
  }

  @Test
  void a_task_whose_agent_reached_its_limit_while_a_person_answered_waits() throws Exception {
    List<String> tokens = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  tokens.add(assignment.resumeToken());
                  return assignment.resumeToken().isEmpty()
                      ? WorkReport.waiting(Question.of("Which?").within(AN_HOUR), "token")
                      : WorkReport.of("done");
                })
            .build()) {
      TaskHandle handle = arbiter.submit(task(1));
      arbiter.agents().limit("ada", resets);

      arbiter.approvals().decide(WaitingWorld.only(arbiter), Answer.approve("eve"));

      assertThat(handle.waitsFor()).isEqualTo(quota());
      world.pass(AN_HOUR.plusSeconds(1));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(tokens).endsWith("token");
    }
  }

  @Test
  void another_agent_takes_over_and_may_do_as_many_attempts() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(0)
            .agent(ADA, this::limited)
            .agent(AgentProfile.of("bob"), assignment -> WorkReport.of("bob"))
            .build()) {
      TaskResult.Completed done = (TaskResult.Completed) arbiter.submit(task(1)).await(SOON);
      assertThat(done.agent()).isEqualTo("bob");
      assertThat(done.attempts()).isEqualTo(1);
    }
  }

  @Test
  void a_new_agent_ends_the_wait() throws Exception {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::limited).build()) {
      TaskHandle handle = arbiter.submit(task(1));
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);

      arbiter.agents().register(AgentProfile.of("bob"), assignment -> WorkReport.of("bob"));

      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
    }
  }

  /** Its wait was over and it was about to call the agent; the store knows only of the wait. */
  @Test
  void a_wait_that_an_outage_brings_back_is_over_at_once() throws Exception {
    HeldStore store = new HeldStore();
    try (Arbiter arbiter =
        world.arbiter().store(store).agent(ADA, assignment -> WorkReport.of("done")).build()) {
      arbiter.agents().limit("ada", resets);
      TaskHandle handle = arbiter.submit(task(1));
      assertThat(handle.waitsFor()).isEqualTo(quota());
      store.hold();
      arbiter.agents().setStatus("ada", Status.AVAILABLE);
      assertThat(handle.state()).isEqualTo(TaskState.EXECUTING);
      store.goAndComeBack();
      store.release();
      world.pass(Duration.ofSeconds(1));

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_wait_that_is_over_before_the_store_has_kept_it_ends() throws Exception {
    HeldStore store = new HeldStore();
    try (Arbiter arbiter = world.arbiter().store(store).agent(ADA, this::limited).build()) {
      arbiter.agents().limit("ada", resets);
      store.hold();
      CompletableFuture<TaskHandle> accepted = arbiter.submitAsync(task(1)).toCompletableFuture();
      store.keepFirst();
      TaskHandle handle = accepted.join();
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      arbiter.agents().register(AgentProfile.of("bob"), assignment -> WorkReport.of("bob"));
      store.release();

      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
    }
  }

  @Test
  void a_limit_that_ended_in_the_past_is_tried_again_soon() throws Exception {
    int[] left = {3};
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  calls.add(world.now());
                  if (left[0]-- > 0) {
                    throw AgentException.quota("limit", world.now().minusSeconds(60));
                  }
                  return WorkReport.of("done");
                })
            .build()) {
      TaskHandle handle = arbiter.submit(task(1));
      world.pass(Duration.ofSeconds(1));
      assertThat(calls.size()).isLessThanOrEqualTo(2);
      for (int i = 0; i < 10; i++) {
        world.pass(Duration.ofSeconds(1));
      }
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls).hasSize(4);
    }
  }

  @Test
  void a_limit_of_a_year_ends_with_the_deadline_of_the_task() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  throw AgentException.quota("limit", world.now().plus(Duration.ofDays(365)));
                })
            .build()) {
      TaskHandle handle =
          arbiter.submit(Task.builder("fix").deadline(Duration.ofMinutes(10)).build());
      world.pass(Duration.ofMinutes(11));
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
    }
  }

  @Test
  void a_wait_for_a_quota_survives_a_restart() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first = world.arbiter(disk).agent(ADA, this::limited).build()) {
      TaskHandle handle = first.submit(task(1));
      WaitingWorld.until(() -> WaitingWorld.waitsFor(handle, WaitReason.Quota.class));
    }
    try (Arbiter second = world.arbiter(disk.cut()).agent(ADA, this::limited).build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      WaitingWorld.until(() -> WaitingWorld.waitsFor(handle, WaitReason.Quota.class));
      assertThat(handle.waitsFor()).isEqualTo(quota());
      world.pass(AN_HOUR.minusSeconds(1));
      assertThat(calls).hasSize(1);
      WaitingWorld.until(
          () -> {
            world.pass(Duration.ofMillis(500));
            return handle.state().isEnd();
          });
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_host_sets_a_limit_with_its_end() {
    try (Arbiter arbiter = world.arbiter().agent(ADA, this::limited).build()) {
      arbiter.agents().limit("ada", resets);
      arbiter.agents().limit("ada", resets.minusSeconds(30));
      assertThat(ada(arbiter).availableAt()).contains(resets);
      arbiter.agents().setStatus("ada", Status.OFFLINE);
      arbiter.agents().limit("ada", resets);
      assertThat(ada(arbiter).status()).isEqualTo(Status.OFFLINE);
      world.pass(AN_HOUR.plusSeconds(1));
      assertThat(ada(arbiter).status()).isEqualTo(Status.OFFLINE);
    }
  }

  /** Only agents that could do the task, and have not failed at it, are worth waiting for. */
  @Test
  void a_task_waits_for_the_first_limit_of_an_agent_that_can_do_it() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(AgentProfile.of("ada", "java"), work -> WorkReport.of("ada"))
            .agent(AgentProfile.of("bob", "java"), work -> WorkReport.of("bob"))
            .agent(AgentProfile.of("cyd", "sql"), work -> WorkReport.of("cyd"))
            .build()) {
      arbiter.agents().limit("ada", world.now().plus(Duration.ofHours(3)));
      arbiter.agents().limit("bob", world.now().plus(Duration.ofHours(2)));
      arbiter.agents().limit("cyd", world.now().plus(Duration.ofHours(1)));

      Task task = Task.builder("fix").id("T-1").requires("java").build();
      TaskHandle handle = arbiter.submit(task);

      Instant first = world.now().plus(Duration.ofHours(2));
      assertThat(handle.waitsFor()).contains(new WaitReason.Quota("bob", first));
      world.pass(Duration.ofMinutes(61));
      assertThat(arbiter.agents().find("cyd").orElseThrow().status()).isEqualTo(Status.AVAILABLE);
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      world.pass(Duration.ofMinutes(60));
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("bob");
    }
  }

  /** The end of a limit is a change of status like any other. */
  @Test
  void the_end_of_a_limit_is_told() {
    List<AgentEvent.StatusChanged> heard = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, work -> WorkReport.of("ada"))
            .listener(
                event -> {
                  if (event instanceof AgentEvent.StatusChanged changed) {
                    heard.add(changed);
                  }
                })
            .build()) {
      arbiter.agents().limit("ada", resets);
      world.pass(AN_HOUR.plusSeconds(2));

      assertThat(heard)
          .extracting(AgentEvent.StatusChanged::after)
          .containsExactly(Status.LIMITED, Status.AVAILABLE);
    }
  }

  /** A person looks at the one task; no other is given to the agent meanwhile. */
  @Test
  void a_limit_that_was_met_after_an_effect_holds_too() throws Exception {
    int[] calls = {0};
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                AgentProfile.of("ada"),
                work -> {
                  calls[0]++;
                  throw AgentException.quota("limit", world.now().plus(Duration.ofHours(5)))
                      .effect(AgentException.Effect.POSSIBLE);
                })
            .build()) {
      TaskHandle first = arbiter.submit(Task.builder("fix").build());
      TaskHandle second = arbiter.submit(Task.builder("fix").build());

      assertThat(WaitingWorld.waitsFor(first, WaitReason.UnknownEffect.class)).isTrue();
      assertThat(WaitingWorld.waitsFor(second, WaitReason.Quota.class)).isTrue();
      assertThat(calls[0]).isEqualTo(1);
    }
  }
}
