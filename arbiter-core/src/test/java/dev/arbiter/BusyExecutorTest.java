/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.HealthReport.Level;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.Failed;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An executor that does nothing for long: its threads are busy, or it fails. */
class BusyExecutorTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final WaitingWorld world = new WaitingWorld();

  static Stream<Named<Executor>> executors() {
    return Stream.of(
        Named.of("keeps work in its queue", work -> {}),
        Named.of(
            "cannot make a thread",
            work -> {
              throw new OutOfMemoryError("unable to create native thread");
            }));
  }

  @ParameterizedTest
  @MethodSource("executors")
  void a_deadline_comes_though_the_task_has_not_begun(Executor executor) throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(executor)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").deadline(LIMIT).build());
      world.pass(LIMIT.minusSeconds(1));
      assertThat(handle.state()).isEqualTo(TaskState.RECEIVED);

      world.pass(Duration.ofSeconds(3));
      assertThat(((Failed) handle.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
    }
  }

  @Test
  void a_cancellation_comes_though_the_task_has_not_begun() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(work -> {})
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      assertThat(handle.cancel("not needed")).isTrue();
      assertThat(handle.await(SOON).state()).isEqualTo(TaskState.CANCELLED);
    }
  }

  @Test
  void tasks_go_on_when_the_executor_has_time_again() throws Exception {
    List<Runnable> queue = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(queue::add)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle late = arbiter.submit(Task.builder("fix").deadline(LIMIT).build());
      TaskHandle patient = arbiter.submit(Task.builder("fix").build());
      world.pass(LIMIT.plusSeconds(2));
      List.copyOf(queue).forEach(Runnable::run);

      assertThat(late.await(SOON).state()).isEqualTo(TaskState.FAILED);
      assertThat(patient.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  /* The caller does what it can; what comes from the sweep has no thread. */
  @Test
  void a_task_that_is_due_while_the_executor_rejects_ends_by_its_deadline() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .executor(
                work -> {
                  throw new RejectedExecutionException("shut down");
                })
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
            .build()) {
      TaskHandle now = arbiter.submit(Task.builder("fix").build());
      TaskHandle later =
          arbiter.submit(
              Task.builder("fix")
                  .notBefore(world.now().plus(LIMIT.dividedBy(2)))
                  .deadline(LIMIT)
                  .build());
      assertThat(now.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);

      world.pass(LIMIT.plusSeconds(3));
      assertThat(((Failed) later.await(SOON)).cause()).isEqualTo(FailureCause.DEADLINE);
      assertThat(arbiter.health().level()).isEqualTo(Level.DEGRADED);
      assertThat(arbiter.health().summary()).contains("task_orchestrator").contains("executor");
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }
}
