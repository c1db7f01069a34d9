/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Periods of a budget follow each other without a gap, before and after the instant they have. */
class TenantBudgetPeriodTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration NANO = Duration.ofNanos(1);
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");

  private static TenantBudget budget(Duration period, Instant from) {
    return TenantBudget.per(period, TaskBudget.ofCost(1)).from(from);
  }

  @Test
  void an_instant_is_in_the_period_that_begins_with_it_and_not_in_the_one_that_ends() {
    TenantBudget hourly = budget(HOUR, NOON);

    assertThat(hourly.begin(NOON)).isEqualTo(NOON);
    assertThat(hourly.begin(NOON.plus(HOUR).minus(NANO))).isEqualTo(NOON);
    assertThat(hourly.begin(NOON.plus(HOUR))).isEqualTo(NOON.plus(HOUR));
    assertThat(hourly.begin(NOON.minus(NANO))).isEqualTo(NOON.minus(HOUR));
    assertThat(hourly.begin(NOON.minus(HOUR))).isEqualTo(NOON.minus(HOUR));
    assertThat(hourly.begin(NOON.minus(HOUR).minus(NANO))).isEqualTo(NOON.minus(HOUR).minus(HOUR));
  }

  @Test
  void by_default_days_begin_at_midnight_in_utc() {
    TenantBudget daily = TenantBudget.per(Duration.ofDays(1), TaskBudget.ofCost(1));

    assertThat(daily.begin(Instant.parse("2026-06-01T23:59:59.999999999Z")))
        .isEqualTo("2026-06-01T00:00:00Z");
    assertThat(daily.begin(Instant.parse("1969-12-31T23:59:59Z")))
        .isEqualTo("1969-12-31T00:00:00Z");
  }

  @Test
  void whatever_the_instant_its_period_has_it_and_lies_on_the_grid() {
    long seed = 3;
    SplittableRandom random = new SplittableRandom(seed);
    long longest = Duration.ofDays(3_653).toNanos();
    for (int step = 0; step < 20_000; step++) {
      Duration period = Duration.ofNanos(random.nextLong(1_000_000_000L, longest + 1));
      Instant from = NOON.plusNanos(random.nextLong(-longest, longest));
      Instant at = NOON.plusNanos(random.nextLong(-longest, longest));

      Instant begin = budget(period, from).begin(at);

      Duration since = Duration.between(from, begin);
      assertThat(begin).as("seed %d, step %d", seed, step).isBeforeOrEqualTo(at);
      assertThat(begin.plus(period)).as("seed %d, step %d", seed, step).isAfter(at);
      assertThat(period.multipliedBy(since.dividedBy(period)))
          .as("seed %d, step %d", seed, step)
          .isEqualTo(since);
    }
  }

  @Test
  void a_balance_does_not_change_afterwards() {
    Approval raise =
        new Approval(
            "r-1",
            Point.TENANT_BUDGET,
            "sha256:0",
            Answer.raise("eve", TaskBudget.ofCost(2)),
            NOON);
    List<Approval> raises = new ArrayList<>(List.of(raise));
    TaskBudget.Spent spent = new TaskBudget.Spent(Usage.none(), Duration.ZERO, 0, 0);
    TenantBudget.Balance balance =
        new TenantBudget.Balance(
            "acme", budget(HOUR, NOON), NOON, NOON.plus(HOUR), spent, TaskBudget.ofCost(2), raises);
    raises.clear();

    assertThat(balance.raises()).containsExactly(raise);
    assertThatThrownBy(() -> balance.raises().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
