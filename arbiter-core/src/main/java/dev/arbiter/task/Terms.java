/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What a task waits for and what it may use up.
 *
 * @param notBefore the moment before which it does not begin, empty for at once
 * @param approval the question that a person must approve before any agent is called
 * @param budget what it may use up
 * @param deadlinePauses whether its deadline stands still while it waits for a person, a quota, a
 *     retry or its beginning
 * @param attemptLimit the longest time of one attempt, empty for none of its own
 */
public record Terms(
    Optional<Instant> notBefore,
    Optional<Question> approval,
    TaskBudget budget,
    boolean deadlinePauses,
    Optional<Duration> attemptLimit) {
  private static final Terms NONE =
      new Terms(Optional.empty(), Optional.empty(), TaskBudget.none(), false);

  /**
   * Checks that nothing is null.
   *
   * @throws IllegalArgumentException if the attempt limit is not positive
   */
  public Terms {
    Objects.requireNonNull(notBefore, "terms.notBefore must not be null; give Optional.empty()");
    Objects.requireNonNull(approval, "terms.approval must not be null; give Optional.empty()");
    Objects.requireNonNull(budget, "terms.budget must not be null; give TaskBudget.none()");
    Require.that(
        attemptLimit.isEmpty() || attemptLimit.get().compareTo(Duration.ZERO) > 0,
        "task.attemptLimit must be positive, got %s",
        attemptLimit);
  }

  /**
   * Makes terms without an attempt limit.
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
    this(notBefore, approval, budget, deadlinePauses, Optional.empty());
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
    return new Terms(Optional.of(moment), approval, budget, deadlinePauses, attemptLimit);
  }

  /**
   * {@return the same terms with a question to a person}
   *
   * @param question asked before any agent is called
   */
  public Terms withApproval(Question question) {
    return new Terms(notBefore, Optional.of(question), budget, deadlinePauses, attemptLimit);
  }

  /**
   * {@return the same terms with another budget}
   *
   * @param limits what the task may use up
   */
  public Terms withBudget(TaskBudget limits) {
    return new Terms(notBefore, approval, limits, deadlinePauses, attemptLimit);
  }

  /** {@return the same terms with a deadline that stands still while the task waits} */
  public Terms withPausingDeadline() {
    return new Terms(notBefore, approval, budget, true, attemptLimit);
  }

  /**
   * {@return the same terms with a limit for each attempt}
   *
   * @param longest a positive duration
   */
  public Terms withAttemptLimit(Duration longest) {
    return new Terms(notBefore, approval, budget, deadlinePauses, Optional.of(longest));
  }
}
