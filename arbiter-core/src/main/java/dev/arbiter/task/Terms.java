/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

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
 */
public record Terms(
    Optional<Instant> notBefore,
    Optional<Question> approval,
    TaskBudget budget,
    boolean deadlinePauses) {
  private static final Terms NONE =
      new Terms(Optional.empty(), Optional.empty(), TaskBudget.none(), false);

  /** Checks that nothing is null. */
  public Terms {
    Objects.requireNonNull(notBefore, "terms.notBefore must not be null; give Optional.empty()");
    Objects.requireNonNull(approval, "terms.approval must not be null; give Optional.empty()");
    Objects.requireNonNull(budget, "terms.budget must not be null; give TaskBudget.none()");
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
    return new Terms(Optional.of(moment), approval, budget, deadlinePauses);
  }

  /**
   * {@return the same terms with a question to a person}
   *
   * @param question asked before any agent is called
   */
  public Terms withApproval(Question question) {
    return new Terms(notBefore, Optional.of(question), budget, deadlinePauses);
  }

  /**
   * {@return the same terms with another budget}
   *
   * @param limits what the task may use up
   */
  public Terms withBudget(TaskBudget limits) {
    return new Terms(notBefore, approval, limits, deadlinePauses);
  }

  /** {@return the same terms with a deadline that stands still while the task waits} */
  public Terms withPausingDeadline() {
    return new Terms(notBefore, approval, budget, true);
  }
}
