/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shortest limit of time counts, and the message says which one it is. */
class TimeLimitsTest {
  private final WaitingWorld world = new WaitingWorld();
  private final List<Duration> given = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "60, 70, 80, 90, 60, it was interrupted",
    "90, 60, 70, 80, 60, the attempt limit of type 'fix'",
    "90, 80, 60, 70, 60, the attempt limit of agent 'ada'",
    "90, 80, 70, 60, 60, the attempt limit of the task",
  })
  void the_shortest_counts(int all, int type, int agent, int task, int expected, String whose)
      throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(0)
            .attemptLimit(Duration.ofSeconds(all))
            .attemptLimit("fix", Duration.ofSeconds(type))
            .asyncAgent(
                AgentProfile.builder("ada").attemptLimit(Duration.ofSeconds(agent)).build(),
                assignment -> {
                  given.add(assignment.timeLimit());
                  return new CompletableFuture<>();
                })
            .build()) {
      TaskHandle handle =
          arbiter.submit(Task.builder("fix").attemptLimit(Duration.ofSeconds(task)).build());
      world.pass(Duration.ofSeconds(expected - 1));
      assertThat(handle.state().isEnd()).isFalse();
      world.pass(Duration.ofSeconds(2));
      TaskResult.Failed failed = (TaskResult.Failed) handle.await(SOON);
      assertThat(failed.cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
      assertThat(failed.message()).contains("within PT1M").contains(whose);
      assertThat(given).containsExactly(Duration.ofSeconds(expected));
    }
  }

  @Test
  void budget_and_deadline_count_too() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(0)
            .asyncAgent(
                AgentProfile.builder("ada").attemptLimit(Duration.ofSeconds(50)).build(),
                assignment -> {
                  given.add(assignment.timeLimit());
                  return new CompletableFuture<>();
                })
            .build()) {
      TaskHandle budget =
          arbiter.submit(
              Task.builder("fix")
                  .budget(TaskBudget.none().withTime(Duration.ofSeconds(40)))
                  .build());
      TaskHandle deadline =
          arbiter.submit(Task.builder("fix").deadline(Duration.ofSeconds(30)).build());
      assertThat(given).containsExactly(Duration.ofSeconds(40), Duration.ofSeconds(30));
      world.pass(Duration.ofSeconds(42));
      assertThat(((TaskResult.Failed) budget.await(SOON)).message()).contains("its budget");
      assertThat(((TaskResult.Failed) deadline.await(SOON)).cause())
          .isEqualTo(FailureCause.DEADLINE);
    }
  }

  @Test
  void the_limit_of_a_task_outlives_the_process() throws Exception {
    ListStorage disk = new ListStorage();
    Task task =
        Task.builder("fix")
            .id("T-1")
            .attemptLimit(Duration.ofSeconds(7))
            .notBefore(world.now().plusSeconds(100))
            .build();
    try (Arbiter first =
        world
            .arbiter(disk)
            .asyncAgent(AgentProfile.of("ada"), a -> new CompletableFuture<>())
            .build()) {
      TaskHandle handle = first.submit(task);
      WaitingWorld.until(() -> handle.waitsFor().isPresent());
    }
    try (Arbiter second =
        world
            .arbiter(disk.cut())
            .asyncAgent(AgentProfile.of("ada"), a -> new CompletableFuture<>())
            .build()) {
      assertThat(second.find("default", "T-1").orElseThrow().task()).isEqualTo(task);
    }
  }

  @Test
  void a_limit_of_nothing_is_refused() {
    assertThatThrownBy(() -> AgentProfile.builder("ada").attemptLimit(Duration.ZERO).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("agent.attemptLimit");
    assertThatThrownBy(() -> Task.builder("fix").attemptLimit(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("task.attemptLimit");
    assertThatThrownBy(() -> world.arbiter().attemptLimit("fix", Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'fix'");
  }
}
