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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shortest limit of time counts, and the message says which one it is. */
class TimeLimitsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

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

  private static TimeLimits limits(Duration each, Duration ofFix) {
    return new TimeLimits(each, Map.of("fix", ofFix));
  }

  private static AgentProfile ada(Duration limit) {
    return AgentProfile.builder("ada").attemptLimit(limit).build();
  }

  private static Task.Builder fix() {
    return Task.builder("fix");
  }

  @Test
  void without_other_limits_that_of_the_arbiter_counts_and_has_no_name() {
    TimeLimits.Limit limit = limits(MINUTE, MINUTE).of(Task.builder("read").build());

    assertThat(limit.time()).isEqualTo(MINUTE);
    assertThat(limit.of()).isEmpty();
  }

  @Test
  void of_equal_limits_the_one_that_holds_for_more_is_named() {
    TimeLimits.Limit all =
        limits(MINUTE, MINUTE).of(fix().attemptLimit(MINUTE).build(), ada(MINUTE));
    assertThat(all.of()).isEmpty();

    TimeLimits.Limit ofType =
        limits(MINUTE, MINUTE.minusNanos(1))
            .of(fix().attemptLimit(MINUTE.minusNanos(1)).build(), ada(MINUTE.minusNanos(1)));
    assertThat(ofType.of()).isEqualTo("the attempt limit of type 'fix'");
    assertThat(ofType.time()).isEqualTo(MINUTE.minusNanos(1));
  }

  @Test
  void a_limit_is_named_with_what_has_it() {
    TimeLimits limits = limits(Duration.ofSeconds(9), Duration.ofSeconds(8));

    assertThat(limits.of(fix().build()).of()).isEqualTo("the attempt limit of type 'fix'");
    assertThat(limits.of(fix().attemptLimit(Duration.ofSeconds(7)).build()).of())
        .isEqualTo("the attempt limit of the task");
    assertThat(limits.of(fix().build(), ada(Duration.ofSeconds(6))).of())
        .isEqualTo("the attempt limit of agent 'ada'");
  }

  @SuppressWarnings("NullAway") // nobody drives the run
  private static TaskRun run(Task task, long submitted) {
    return new TaskRun(null, task, Instant.EPOCH, submitted);
  }

  @Test
  void a_deadline_leaves_what_has_not_passed_since_the_submission() {
    TimeLimits.Limit limit = limits(MINUTE, MINUTE).of(fix().build());
    TaskRun run = run(fix().deadline(Duration.ofSeconds(100)).build(), 5);
    long second = 1_000_000_000L;

    assertThat(TimeLimits.ofDeadline(run, limit, 5 + 40 * second)).isEqualTo(limit);
    assertThat(TimeLimits.ofDeadline(run, limit, 5 + 41 * second).time())
        .isEqualTo(Duration.ofSeconds(59));
    assertThat(TimeLimits.ofDeadline(run, limit, 5 + 41 * second).of())
        .isEqualTo("what its deadline has left");
    assertThat(TimeLimits.left(run, limit, 5 + 101 * second).time())
        .isEqualTo(Duration.ofSeconds(-1));
  }

  @Test
  void waits_for_people_do_not_count_for_a_deadline_that_pauses() {
    TimeLimits.Limit limit = limits(MINUTE, MINUTE).of(fix().build());
    long second = 1_000_000_000L;
    TaskRun pauses = run(fix().deadline(MINUTE).deadlinePauses().build(), 0);
    pauses.means().waited(Duration.ofSeconds(20));
    TaskRun goesOn = run(fix().deadline(MINUTE).build(), 0);
    goesOn.means().waited(Duration.ofSeconds(20));

    assertThat(TimeLimits.ofDeadline(pauses, limit, 30 * second).time())
        .isEqualTo(Duration.ofSeconds(50));
    assertThat(TimeLimits.ofDeadline(goesOn, limit, 30 * second).time())
        .isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void a_budget_leaves_what_agents_have_not_worked() {
    TimeLimits.Limit limit = limits(MINUTE, MINUTE).of(fix().build());
    Task task = fix().budget(TaskBudget.none().withTime(Duration.ofSeconds(50))).build();
    TaskRun run = run(task, 0);
    run.means().worked(Duration.ofSeconds(20).toNanos());

    assertThat(TimeLimits.left(run, limit, 0).time()).isEqualTo(Duration.ofSeconds(30));
    assertThat(TimeLimits.left(run, limit, 0).of()).isEqualTo("what its budget has left");
    assertThat(TimeLimits.ofDeadline(run, limit, 0)).isEqualTo(limit);
  }

  @Test
  void of_budget_and_deadline_the_shorter_counts() {
    TimeLimits.Limit limit = limits(MINUTE, MINUTE).of(fix().build());
    Task task =
        fix()
            .deadline(Duration.ofSeconds(40))
            .budget(TaskBudget.none().withTime(Duration.ofSeconds(50)))
            .build();
    TaskRun run = run(task, 0);
    run.means().worked(Duration.ofSeconds(5).toNanos());
    assertThat(TimeLimits.left(run, limit, 0).of()).isEqualTo("what its deadline has left");
    run.means().worked(Duration.ofSeconds(6).toNanos());
    assertThat(TimeLimits.left(run, limit, 0).of()).isEqualTo("what its budget has left");
  }
}
