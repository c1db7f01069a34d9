/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import dev.arbiter.task.Approval;
import dev.arbiter.task.TaskBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What all tasks of one tenant together may use up in each period, see {@code
 * ArbiterBuilder.tenantBudget}.
 *
 * <p>Periods follow each other from an instant on, by the clock of the arbiter; a clock that goes
 * back does not bring a period back. What agents report ({@code Assignment.progress}, reports,
 * failures) counts when it comes, in the period in which it comes. So a limit of money, tokens or
 * working time is exceeded by at most one report of each running attempt; limits of attempts and
 * calls are never exceeded. A report that says less than what was counted gives nothing back.
 *
 * @param limits the limits of one period; its {@link TaskBudget#atLimit} is for attempts that run
 * @param period how long a period is, 1 second to 10 years
 * @param from the beginning of one of the periods, such as a midnight
 * @param atLimit what happens to attempts that have not begun
 */
public record TenantBudget(TaskBudget limits, Duration period, Instant from, AtLimit atLimit) {
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(3_653);

  /** What happens at a limit to attempts that have not begun. */
  public enum AtLimit {
    /** The task waits until the period ends, or a person raises the limit. */
    WAIT,
    /** A person is asked. The task waits for the decision, at most until the period ends. */
    ASK,
    /** The task fails. */
    FAIL
  }

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if there is no limit, or the period is too short or too long
   */
  public TenantBudget {
    Require.that(!limits.isNone(), "a budget of a tenant needs a limit, got none; leave it out");
    Require.that(
        period.compareTo(SHORTEST) >= 0 && period.compareTo(LONGEST) <= 0,
        "the period of a budget must be 1 second to 10 years, got %s",
        period);
  }

  /**
   * {@return a budget for each period of this length, counted from the first midnight of 1970 in
   * UTC; at its limit tasks wait}
   *
   * @param period how long, such as an hour or a day
   * @param limits the limits of one period
   */
  public static TenantBudget per(Duration period, TaskBudget limits) {
    return new TenantBudget(limits, period, Instant.EPOCH, AtLimit.WAIT);
  }

  /**
   * {@return the same budget with periods that follow each other from another instant on}
   *
   * @param beginning the beginning of one of the periods
   */
  public TenantBudget from(Instant beginning) {
    return new TenantBudget(limits, period, beginning, atLimit);
  }

  /**
   * {@return the same budget with another choice for attempts that have not begun}
   *
   * @param choice what happens at a limit
   */
  public TenantBudget atLimit(AtLimit choice) {
    return new TenantBudget(limits, period, from, choice);
  }

  /** The beginning of the period that has this instant. */
  Instant begin(Instant at) {
    Duration since = Duration.between(from, at);
    long number = since.dividedBy(period);
    if (since.isNegative() && !period.multipliedBy(number).equals(since)) {
      number--;
    }
    return from.plus(period.multipliedBy(number));
  }

  /**
   * What a tenant has used up of one of its budgets. A snapshot.
   *
   * @param tenant the tenant
   * @param budget the budget as declared
   * @param begins the beginning of this period
   * @param ends the end of this period
   * @param spent what was used up in it
   * @param limits the limits in this period: the declared ones, or those that a person gave
   * @param raises who raised the limits in this period, the oldest first
   */
  public record Balance(
      String tenant,
      TenantBudget budget,
      Instant begins,
      Instant ends,
      TaskBudget.Spent spent,
      TaskBudget limits,
      List<Approval> raises) {
    /** Copies. */
    public Balance {
      raises = List.copyOf(raises);
    }
  }
}
