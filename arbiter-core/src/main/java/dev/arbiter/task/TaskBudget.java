/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.Objects;
import java.util.StringJoiner;

/**
 * What a task may use up, over all of its attempts and waits. Agents report what they use while
 * they work; a limit is exceeded by at most one report.
 *
 * @param cost US dollars; infinite for no limit
 * @param tokens tokens read and written; {@link Long#MAX_VALUE} for no limit
 * @param time working time of agents as the engine measures it, of all that work at once together;
 *     {@link #UNLIMITED} for no limit
 * @param attempts agents tried, retries of one not counted; {@link Integer#MAX_VALUE} for no limit
 * @param calls calls of agents, retries included; {@link Integer#MAX_VALUE} for no limit
 * @param atLimit what happens when a limit is reached
 */
public record TaskBudget(
    double cost, long tokens, Duration time, int attempts, int calls, AtLimit atLimit) {
  /** A time without a limit. */
  public static final Duration UNLIMITED = Duration.ofSeconds(Long.MAX_VALUE);

  private static final TaskBudget NONE =
      new TaskBudget(
          Double.POSITIVE_INFINITY,
          Long.MAX_VALUE,
          UNLIMITED,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          AtLimit.STOP);

  /** What happens when a limit is reached. */
  public enum AtLimit {
    /** The agent is interrupted, and the task fails. */
    STOP,
    /** The task waits until a person raises the budget or denies more. */
    ASK,
    /** The agent is told to stop, and its report is judged. */
    TAKE
  }

  /**
   * Checks.
   *
   * @throws NullPointerException if something is null
   * @throws IllegalArgumentException if a limit is not above zero: then nothing could begin
   */
  public TaskBudget {
    Require.that(cost > 0, "budget.cost must be above 0, got %s; leave it out for no limit", cost);
    Require.that(
        tokens > 0, "budget.tokens must be above 0, got %s; leave it out for no limit", tokens);
    Require.that(
        time.compareTo(Duration.ZERO) > 0,
        "budget.time must be above 0, got %s; leave it out for no limit",
        time);
    Require.that(
        attempts > 0,
        "budget.attempts must be above 0, got %s; leave it out for no limit",
        attempts);
    Objects.requireNonNull(atLimit, "budget.atLimit must not be null; give AtLimit.STOP");
    Require.that(
        calls > 0, "budget.calls must be above 0, got %s; leave it out for no limit", calls);
  }

  /** {@return a budget without a limit} */
  public static TaskBudget none() {
    return NONE;
  }

  /**
   * {@return a budget of money}
   *
   * @param dollars US dollars, above 0
   */
  public static TaskBudget ofCost(double dollars) {
    return NONE.withCost(dollars);
  }

  /**
   * {@return the same budget with another limit of money}
   *
   * @param dollars US dollars, above 0
   */
  public TaskBudget withCost(double dollars) {
    return new TaskBudget(dollars, tokens, time, attempts, calls, atLimit);
  }

  /**
   * {@return the same budget with another limit of tokens}
   *
   * @param most tokens read and written, above 0
   */
  public TaskBudget withTokens(long most) {
    return new TaskBudget(cost, most, time, attempts, calls, atLimit);
  }

  /**
   * {@return the same budget with another limit of working time}
   *
   * @param most above 0
   */
  public TaskBudget withTime(Duration most) {
    return new TaskBudget(cost, tokens, most, attempts, calls, atLimit);
  }

  /**
   * {@return the same budget with another limit of agents tried}
   *
   * @param most above 0
   */
  public TaskBudget withAttempts(int most) {
    return new TaskBudget(cost, tokens, time, most, calls, atLimit);
  }

  /**
   * {@return the same budget with another limit of calls}
   *
   * @param most above 0
   */
  public TaskBudget withCalls(int most) {
    return new TaskBudget(cost, tokens, time, attempts, most, atLimit);
  }

  /**
   * {@return the same budget with another choice for a limit that is reached}
   *
   * @param choice what happens
   */
  public TaskBudget atLimit(AtLimit choice) {
    return new TaskBudget(cost, tokens, time, attempts, calls, choice);
  }

  /** {@return whether there is no limit} */
  public boolean isNone() {
    return cost == NONE.cost
        && tokens == NONE.tokens
        && time.equals(NONE.time)
        && attempts == NONE.attempts
        && calls == NONE.calls;
  }

  /**
   * What a task has used up.
   *
   * @param usage money and tokens, as agents report them
   * @param time working time of agents, as the engine measures it
   * @param attempts agents tried
   * @param calls calls of agents
   */
  public record Spent(Usage usage, Duration time, int attempts, int calls) {}

  /**
   * {@return the limit that is reached, in words; empty if there is something left of each}
   *
   * @param spent what was used up
   */
  public String reached(Spent spent) {
    Usage usage = spent.usage();
    if (usage.cost() >= cost) {
      return "cost of " + usage.cost() + " of " + cost + " US dollars";
    }
    if (usage.tokens() >= tokens && tokens != NONE.tokens) {
      return "use of " + usage.tokens() + " of " + tokens + " tokens";
    }
    if (spent.time().compareTo(time) >= 0) {
      return "working time of " + spent.time() + " of " + time;
    }
    if (spent.attempts() >= attempts) {
      return "number of " + spent.attempts() + " of " + attempts + " attempts";
    }
    return spent.calls() >= calls ? "number of " + spent.calls() + " of " + calls + " calls" : "";
  }

  /** {@return the limits that it has, such as {@code TaskBudget[cost=2.5, atLimit=ASK]}} */
  @Override
  public String toString() {
    StringJoiner text =
        new StringJoiner(", ", "TaskBudget[", "]").setEmptyValue("TaskBudget[none]");
    add(text, "cost=", cost, NONE.cost);
    add(text, "tokens=", tokens, NONE.tokens);
    add(text, "time=", time, NONE.time);
    add(text, "attempts=", attempts, NONE.attempts);
    add(text, "calls=", calls, NONE.calls);
    add(text, "atLimit=", atLimit, NONE.atLimit);
    return text.toString();
  }

  private static void add(StringJoiner text, String name, Object value, Object none) {
    if (!value.equals(none)) {
      text.add(name + value);
    }
  }
}
