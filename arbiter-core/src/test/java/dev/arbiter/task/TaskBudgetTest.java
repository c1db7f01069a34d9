/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.TaskBudget.Spent;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A limit is reached at its figure, not after it. */
class TaskBudgetTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private static Spent spent(double cost, long tokens, Duration time, int attempts, int calls) {
    return new Spent(new Usage(tokens, 0, cost, Duration.ZERO), time, attempts, calls);
  }

  private static final Spent NOTHING = spent(0, 0, Duration.ZERO, 0, 0);

  @Test
  void a_budget_without_a_limit_is_never_reached() {
    Spent much = spent(1e12, Long.MAX_VALUE / 2, Duration.ofDays(9_999), 99, 99);

    assertThat(TaskBudget.none().isNone()).isTrue();
    assertThat(TaskBudget.none().reached(much)).isEmpty();
    assertThat(TaskBudget.none().atLimit(AtLimit.ASK).isNone()).as("no limit to ask at").isTrue();
  }

  @Test
  void each_limit_makes_it_a_budget() {
    TaskBudget none = TaskBudget.none();

    assertThat(
            List.of(
                TaskBudget.ofCost(1),
                none.withTokens(1),
                none.withTime(HOUR),
                none.withAttempts(1),
                none.withCalls(1)))
        .noneMatch(TaskBudget::isNone)
        .allMatch(budget -> budget.reached(NOTHING).isEmpty());
  }

  @Test
  void money_is_reached_at_its_limit() {
    TaskBudget budget = TaskBudget.ofCost(5);

    assertThat(budget.reached(spent(4.99, 9, HOUR, 9, 9))).isEmpty();
    assertThat(budget.reached(spent(5, 0, HOUR, 0, 0))).isEqualTo("cost of 5.0 of 5.0 US dollars");
  }

  @Test
  void tokens_are_reached_at_their_limit() {
    TaskBudget budget = TaskBudget.none().withTokens(100);

    assertThat(budget.reached(spent(9, 99, HOUR, 9, 9))).isEmpty();
    assertThat(budget.reached(spent(0, 100, HOUR, 0, 0))).isEqualTo("use of 100 of 100 tokens");
  }

  @Test
  void time_is_reached_at_its_limit() {
    TaskBudget budget = TaskBudget.none().withTime(HOUR);

    assertThat(budget.reached(spent(9, 9, HOUR.minusNanos(1), 9, 9))).isEmpty();
    assertThat(budget.reached(spent(0, 0, HOUR, 0, 0))).isEqualTo("working time of PT1H of PT1H");
  }

  @Test
  void attempts_and_calls_are_reached_at_their_limits() {
    TaskBudget attempts = TaskBudget.none().withAttempts(2);
    TaskBudget calls = TaskBudget.none().withCalls(2);

    assertThat(attempts.reached(spent(9, 9, HOUR, 1, 9))).isEmpty();
    assertThat(attempts.reached(spent(0, 0, HOUR, 2, 0))).isEqualTo("number of 2 of 2 attempts");
    assertThat(calls.reached(spent(9, 9, HOUR, 9, 1))).isEmpty();
    assertThat(calls.reached(spent(0, 0, HOUR, 0, 2))).isEqualTo("number of 2 of 2 calls");
  }

  @Test
  void a_limit_of_nothing_is_refused_by_name() {
    TaskBudget none = TaskBudget.none();

    assertThatThrownBy(() -> TaskBudget.ofCost(0)).hasMessageStartingWith("budget.cost must be");
    assertThatThrownBy(() -> TaskBudget.ofCost(Double.NaN)).hasMessageContaining("got NaN");
    assertThatThrownBy(() -> none.withTokens(0)).hasMessageStartingWith("budget.tokens must be");
    assertThatThrownBy(() -> none.withTime(Duration.ZERO)).hasMessageStartingWith("budget.time");
    assertThatThrownBy(() -> none.withAttempts(0)).hasMessageStartingWith("budget.attempts must");
    assertThatThrownBy(() -> none.withCalls(0)).hasMessageStartingWith("budget.calls must be");
    assertThatThrownBy(() -> none.withCalls(-1)).hasMessageContaining("got -1");
  }

  /** An agent may report any figure, and a sum of tokens stays at the largest. */
  @Test
  void tokens_without_a_limit_are_never_reached() {
    Spent most = spent(1, Long.MAX_VALUE, HOUR, 1, 1);

    assertThat(TaskBudget.none().reached(most)).isEmpty();
    assertThat(TaskBudget.ofCost(5).reached(most)).isEmpty();
    assertThat(TaskBudget.none().withTokens(Long.MAX_VALUE - 1).reached(most)).isNotEmpty();
  }

  @Test
  void a_changed_budget_keeps_all_its_other_limits() {
    TaskBudget full = new TaskBudget(1, 2, HOUR, 3, 4, AtLimit.TAKE);

    assertThat(full.withCost(9)).isEqualTo(new TaskBudget(9, 2, HOUR, 3, 4, AtLimit.TAKE));
    assertThat(full.withTokens(9)).isEqualTo(new TaskBudget(1, 9, HOUR, 3, 4, AtLimit.TAKE));
    assertThat(full.withTime(HOUR.plusNanos(1)))
        .isEqualTo(new TaskBudget(1, 2, HOUR.plusNanos(1), 3, 4, AtLimit.TAKE));
    assertThat(full.withAttempts(9)).isEqualTo(new TaskBudget(1, 2, HOUR, 9, 4, AtLimit.TAKE));
    assertThat(full.withCalls(9)).isEqualTo(new TaskBudget(1, 2, HOUR, 3, 9, AtLimit.TAKE));
    assertThat(full.atLimit(AtLimit.ASK)).isEqualTo(new TaskBudget(1, 2, HOUR, 3, 4, AtLimit.ASK));
  }

  @Test
  void a_budget_of_one_limit_stops_there_unless_told_otherwise() {
    assertThat(TaskBudget.ofCost(5).atLimit()).isEqualTo(AtLimit.STOP);
    assertThat(TaskBudget.ofCost(5))
        .isEqualTo(
            new TaskBudget(
                5,
                Long.MAX_VALUE,
                TaskBudget.UNLIMITED,
                Integer.MAX_VALUE,
                Integer.MAX_VALUE,
                AtLimit.STOP));
  }

  @Test
  void the_first_limit_that_is_reached_is_told() {
    TaskBudget full = new TaskBudget(1, 2, HOUR, 3, 4, AtLimit.STOP);

    assertThat(full.reached(spent(1, 2, HOUR, 3, 4))).startsWith("cost");
    assertThat(full.reached(spent(.5, 2, HOUR, 3, 4))).startsWith("use of 2 of 2 tokens");
    assertThat(full.reached(spent(.5, 1, HOUR, 3, 4))).startsWith("working time");
    assertThat(full.reached(spent(.5, 1, Duration.ZERO, 3, 4))).endsWith("attempts");
    assertThat(full.reached(spent(.5, 1, Duration.ZERO, 2, 4))).endsWith("calls");
    assertThat(full.reached(spent(.5, 1, Duration.ZERO, 2, 3))).isEmpty();
  }
}
