/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Failures after which the same agent is called again, another one, or nobody. */
class RetryTest {
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final Task TASK = Task.builder("fix").id("T-1").build();

  private final WaitingWorld world = new WaitingWorld();
  private final List<Assignment> calls = new ArrayList<>();

  private WorkReport fails(Assignment assignment, int times, Exception with) throws Exception {
    calls.add(assignment);
    if (calls.size() <= times) {
      throw with;
    }
    return WorkReport.of("done").withUsage(Usage.cost(1));
  }

  @Test
  void the_same_agent_is_called_again_with_the_same_key() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, assignment -> fails(assignment, 2, new ConnectException("refused")))
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Retry.class)).isTrue();
      assertThat(arbiter.agents().find("ada").orElseThrow().active()).isZero();

      world.pass(Duration.ofSeconds(2));
      world.pass(Duration.ofSeconds(2));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).isEqualTo(1);
      assertThat(calls).hasSize(3);
      assertThat(calls).allMatch(call -> call.attemptKey().equals(calls.get(0).attemptKey()));
    }
  }

  @Test
  void work_that_took_several_calls_cost_what_all_of_them_did() throws Exception {
    List<Usage> executed = new ArrayList<>();
    AgentException refused =
        new AgentException("refused", Usage.cost(2))
            .failure(FailureCause.CONNECTIVITY)
            .effect(Effect.NONE);
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, assignment -> fails(assignment, 1, refused))
            .listener(
                event -> {
                  if (event instanceof TaskEvent.Executed done) {
                    executed.add(done.report().usage());
                  }
                })
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      world.pass(Duration.ofSeconds(2));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.report().usage()).isEqualTo(Usage.cost(3));
      assertThat(executed).containsExactly(Usage.cost(3));
    }
  }

  @Test
  void after_the_last_retry_another_agent_is_called() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, assignment -> fails(assignment, 9, new ConnectException("refused")))
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      arbiter.agents().register(AgentProfile.of("bob"), assignment -> WorkReport.of("bob"));
      world.pass(Duration.ofSeconds(3));
      world.pass(Duration.ofSeconds(3));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.agent()).isEqualTo("bob");
      assertThat(done.attempts()).isEqualTo(2);
      assertThat(calls).hasSize(3);
    }
  }

  @Test
  void a_failure_with_a_possible_effect_waits_for_a_person() throws Exception {
    AgentException possible =
        new AgentException("timeout after the payment was sent", Usage.cost(2))
            .failure(FailureCause.CONNECTIVITY)
            .effect(Effect.POSSIBLE);
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, assignment -> fails(assignment, 1, possible))
            .agent(AgentProfile.of("bob"), assignment -> fails(assignment, 1, possible))
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);

      world.pass(Duration.ofMinutes(5));
      assertThat(calls).hasSize(1);
      String agent = calls.get(0).agent();
      assertThat(handle.waitsFor()).contains(new WaitReason.UnknownEffect(agent, 1));
      assertThatThrownBy(() -> handle.await(Duration.ZERO))
          .hasMessageContaining("nobody knows what agent '" + agent + "' has done in attempt 1")
          .hasMessageContaining("TaskHandle.runAgain");

      assertThat(handle.runAgain()).isTrue();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls).hasSize(2);
    }
  }

  /** An agent that hands a task on: what its own agent says is not what it says. */
  @Test
  void the_first_word_of_an_agent_counts_and_not_what_lies_beneath() throws Exception {
    AgentException quota = AgentException.quota("limit", world.now().plus(Duration.ofHours(1)));
    AgentException possible =
        new AgentException("the order may be out", Usage.cost(2), quota)
            .failure(FailureCause.RESOURCE)
            .effect(Effect.POSSIBLE);
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA, assignment -> fails(assignment, 1, new IllegalStateException("in", possible)))
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);

      assertThat(handle.waitsFor()).contains(new WaitReason.UnknownEffect("ada", 1));
      assertThat(arbiter.agents().find("ada").orElseThrow().status()).isEqualTo(Status.AVAILABLE);
      assertThat(handle.runAgain()).isTrue();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls).hasSize(2);
    }
  }

  @Test
  void an_agent_that_does_not_say_its_effect_is_not_called_again() throws Exception {
    AgentException unsaid =
        new AgentException("lost on the way", Usage.none(), new ConnectException("refused"));
    try (Arbiter arbiter =
        world.arbiter().agent(ADA, assignment -> fails(assignment, 1, unsaid)).build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(TASK).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_ERROR);
      assertThat(failed.message()).contains("lost on the way").contains("refused");
      assertThat(calls).hasSize(1);
    }
  }

  @Test
  void a_type_deep_in_the_chain_counts_if_no_agent_says_more() throws Exception {
    IllegalStateException wrapped =
        new IllegalStateException("call failed", new ConnectException("refused"));
    try (Arbiter arbiter =
        world.arbiter().agent(ADA, assignment -> fails(assignment, 1, wrapped)).build()) {
      TaskHandle handle = arbiter.submit(TASK);
      world.pass(Duration.ofSeconds(2));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void an_idempotent_agent_is_called_again_whatever_its_effect() throws Exception {
    AgentException possible =
        new AgentException("cut off", Usage.none())
            .failure(FailureCause.CONNECTIVITY)
            .effect(Effect.POSSIBLE);
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                AgentProfile.builder("ada").idempotent().build(),
                assignment -> fails(assignment, 1, possible))
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      world.pass(Duration.ofSeconds(2));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void no_agent_can_follow_an_invalid_instruction() throws Exception {
    AgentException invalid =
        new AgentException("the file does not exist", Usage.none())
            .failure(FailureCause.INVALID_INPUT);
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(ADA, assignment -> fails(assignment, 9, invalid))
            .agent(AgentProfile.of("bob"), assignment -> fails(assignment, 9, invalid))
            .build()) {
      TaskResult.Failed failed = (TaskResult.Failed) arbiter.submit(TASK).await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.INVALID_INPUT);
      assertThat(calls).hasSize(1);
    }
  }

  @Test
  void a_retry_after_the_deadline_is_not_waited_for() throws Exception {
    AgentException rate =
        new AgentException("slow down", Usage.none())
            .failure(FailureCause.RATE)
            .effect(Effect.NONE)
            .retryAt(world.now().plus(Duration.ofHours(2)));
    try (Arbiter arbiter =
        world.arbiter().agent(ADA, assignment -> fails(assignment, 1, rate)).build()) {
      TaskHandle handle =
          arbiter.submit(Task.builder("fix").deadline(Duration.ofMinutes(30)).build());
      assertThat(((TaskResult.Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.RATE);
    }
  }

  /** One retry is left: ten that would come too late do not use it up. */
  @Test
  void a_retry_that_is_not_made_takes_none_from_others() throws Exception {
    AgentException late =
        new AgentException("slow down", Usage.none())
            .failure(FailureCause.RATE)
            .effect(Effect.NONE)
            .retryAt(world.now().plus(Duration.ofDays(2)));
    RetryPolicy policy = new RetryPolicy(1, Duration.ofMillis(100), Duration.ofMillis(100), 0, 1);
    try (Arbiter arbiter =
        world
            .arbiter()
            .retries(policy)
            .agent(
                ADA,
                assignment ->
                    assignment.task().deadline().isPresent()
                        ? fails(assignment, Integer.MAX_VALUE, late)
                        : fails(assignment, 11, new ConnectException("refused")))
            .build()) {
      for (int i = 0; i < 10; i++) {
        TaskHandle unused =
            arbiter.submit(Task.builder("fix").deadline(Duration.ofMinutes(30)).build());
      }
      TaskHandle handle = arbiter.submit(TASK);
      world.pass(Duration.ofSeconds(2));

      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(calls).hasSize(12);
    }
  }

  @Test
  void a_rate_limit_is_waited_for() throws Exception {
    Instant again = world.now().plus(Duration.ofMinutes(1));
    AgentException rate =
        new AgentException("slow down", Usage.none())
            .failure(FailureCause.RATE)
            .effect(Effect.NONE)
            .retryAt(again);
    List<Instant> at = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(
                ADA,
                assignment -> {
                  at.add(world.now());
                  return fails(assignment, 1, rate);
                })
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      world.pass(Duration.ofMinutes(2));
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(at.get(1)).isAfterOrEqualTo(again);
    }
  }

  /** Everything fails for a minute: at most one call in ten is a retry, and a burst. */
  @Test
  void retries_do_not_multiply_the_load_on_what_is_down() throws Exception {
    int tasks = 2_000;
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(0)
            .agent(
                AgentProfile.builder("ada").capacity(10_000).build(),
                assignment -> fails(assignment, Integer.MAX_VALUE, new ConnectException("down")))
            .build()) {
      List<TaskHandle> handles = new ArrayList<>();
      for (int i = 0; i < tasks; i++) {
        handles.add(arbiter.submit(Task.builder("fix").build()));
        world.pass(Duration.ofMillis(30));
      }
      world.pass(Duration.ofMinutes(2));
      world.pass(Duration.ofMinutes(2));
      for (TaskHandle handle : handles) {
        assertThat(handle.await(SOON).state()).isEqualTo(TaskState.FAILED);
      }
    }
    assertThat(calls.size())
        .isGreaterThan(tasks + 100)
        .isLessThanOrEqualTo(tasks + tasks / 10 + 10);
  }

  @Test
  void the_engines_own_causes_are_not_for_agents() {
    assertThatThrownBy(() -> new AgentException("x", Usage.none()).failure(FailureCause.INTERNAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("INTERNAL");
  }

  @Test
  void a_retry_survives_a_restart() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first =
        world
            .arbiter(disk)
            .agent(ADA, assignment -> fails(assignment, 1, new ConnectException("refused")))
            .build()) {
      TaskHandle handle = first.submit(TASK);
      WaitingWorld.until(() -> WaitingWorld.waitsFor(handle, WaitReason.Retry.class));
    }
    try (Arbiter second =
        world
            .arbiter(disk.cut())
            .agent(ADA, assignment -> fails(assignment, 1, new ConnectException("refused")))
            .build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      WaitingWorld.until(
          () -> {
            world.pass(Duration.ofMillis(500));
            return handle.state().isEnd();
          });
      TaskResult.Completed done = (TaskResult.Completed) handle.await(SOON);
      assertThat(done.attempts()).isEqualTo(1);
    }
    assertThat(calls.get(1).attemptKey()).isEqualTo(calls.get(0).attemptKey());
  }
}
