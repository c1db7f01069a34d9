/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * What a task waits for and what it may use up.
 *
 * @param notBefore the moment before which it does not begin, empty for at once
 * @param approval the question that a person must approve before any agent is called
 * @param budget what it may use up
 * @param deadlinePauses whether its deadline stands still while it waits for a person, a quota, a
 *     retry or its beginning
 * @param attemptLimit the longest time of one attempt, empty for none of its own
 * @param bestOf how many agents may work at it at once, 1 to 8; the best work that passes is kept
 * @param hedged whether another agent may start at it when the first is slow, see {@code Hedging}
 */
public record Terms(
    Optional<Instant> notBefore,
    Optional<Question> approval,
    TaskBudget budget,
    boolean deadlinePauses,
    Optional<Duration> attemptLimit,
    int bestOf,
    boolean hedged) {
  /** The most agents that may work at one task at once. */
  public static final int MOST_AT_ONCE = 8;

  private static final Terms NONE =
      new Terms(Optional.empty(), Optional.empty(), TaskBudget.none(), false);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the attempt limit is not positive, or bestOf outside its
   *     range
   */
  public Terms {
    Objects.requireNonNull(notBefore, "terms.notBefore must not be null; give Optional.empty()");
    Objects.requireNonNull(approval, "terms.approval must not be null; give Optional.empty()");
    Objects.requireNonNull(budget, "terms.budget must not be null; give TaskBudget.none()");
    Require.that(
        attemptLimit.isEmpty() || attemptLimit.get().compareTo(Duration.ZERO) > 0,
        "task.attemptLimit must be positive, got %s",
        attemptLimit);
    Require.that(
        bestOf >= 1 && bestOf <= MOST_AT_ONCE,
        "terms.bestOf must be 1 to %s agents at once, got %s",
        MOST_AT_ONCE,
        bestOf);
  }

  /**
   * Terms for one agent at a time, without an attempt limit.
   *
   * @param notBefore the moment before which it does not begin, empty for at once
   * @param approval the question that a person must approve before any agent is called
   * @param budget what it may use up
   * @param deadlinePauses whether its deadline stands still while it waits
   */
  public Terms(
      Optional<Instant> notBefore,
      Optional<Question> approval,
      TaskBudget budget,
      boolean deadlinePauses) {
    this(notBefore, approval, budget, deadlinePauses, Optional.empty(), 1, false);
  }

  /** {@return the terms of a task that begins at once and has no limits} */
  public static Terms none() {
    return NONE;
  }

  /**
   * {@return the same terms with another beginning}
   *
   * @param moment the moment before which the task does not begin
   */
  public Terms withNotBefore(Instant moment) {
    return new Terms(
        Optional.of(moment), approval, budget, deadlinePauses, attemptLimit, bestOf, hedged);
  }

  /**
   * {@return the same terms with a question to a person}
   *
   * @param question asked before any agent is called
   */
  public Terms withApproval(Question question) {
    return new Terms(
        notBefore, Optional.of(question), budget, deadlinePauses, attemptLimit, bestOf, hedged);
  }

  /**
   * {@return the same terms with another budget}
   *
   * @param limits what the task may use up
   */
  public Terms withBudget(TaskBudget limits) {
    return new Terms(notBefore, approval, limits, deadlinePauses, attemptLimit, bestOf, hedged);
  }

  /** {@return the same terms with a deadline that stands still while the task waits} */
  public Terms withPausingDeadline() {
    return new Terms(notBefore, approval, budget, true, attemptLimit, bestOf, hedged);
  }

  /**
   * {@return the same terms with a limit for each attempt}
   *
   * @param longest a positive duration
   */
  public Terms withAttemptLimit(Duration longest) {
    return new Terms(
        notBefore, approval, budget, deadlinePauses, Optional.of(longest), bestOf, hedged);
  }

  /**
   * {@return the same terms with several agents at once}
   *
   * @param agents at most so many, 1 to 8
   */
  public Terms withBestOf(int agents) {
    return new Terms(notBefore, approval, budget, deadlinePauses, attemptLimit, agents, hedged);
  }

  /** {@return the same terms for a task that a second agent may start at} */
  public Terms withHedging() {
    return new Terms(notBefore, approval, budget, deadlinePauses, attemptLimit, bestOf, true);
  }

  /** {@return what differs from the terms of a task that names none} */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ", "Terms[", "]").setEmptyValue("Terms[none]");
    notBefore.ifPresent(moment -> text.add("notBefore=" + moment));
    approval.ifPresent(question -> text.add("approval=" + question));
    if (!budget.equals(TaskBudget.none())) {
      text.add("budget=" + budget);
    }
    if (deadlinePauses) {
      text.add("deadlinePauses");
    }
    attemptLimit.ifPresent(longest -> text.add("attemptLimit=" + longest));
    if (bestOf > 1) {
      text.add("bestOf=" + bestOf);
    }
    if (hedged) {
      text.add("hedged");
    }
    return text.toString();
  }
}
