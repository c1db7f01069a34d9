/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.util.Objects;
import java.util.Optional;

/**
 * What a person decided.
 *
 * @param kind the kind of decision
 * @param by who decided, as the host names the person
 * @param text a note, a reason, the new instruction, or the answer, at most 1,048,576 characters
 * @param budget the new limits of a task that reached its budget
 */
public record Answer(Kind kind, String by, String text, Optional<TaskBudget> budget) {
  private static final int LONGEST = 1 << 20;

  /** The kind of a decision. */
  public enum Kind {
    /** The task goes on. */
    APPROVED,
    /** The task, or the attempt, does not go on. */
    DENIED,
    /** The task goes on with another instruction. */
    EDITED,
    /** The agent gets an answer. */
    ANSWERED,
    /** The task gets more to spend. */
    RAISED
  }

  /**
   * Checks.
   *
   * @throws NullPointerException if something is null
   * @throws IllegalArgumentException if nobody is named, the text is too long, or a reason, an
   *     instruction or a budget is missing
   */
  public Answer {
    Objects.requireNonNull(kind, "answer.kind must not be null");
    Objects.requireNonNull(by, "answer.by must not be null; give who decides");
    Objects.requireNonNull(text, "answer.text must not be null; give an empty text for none");
    Require.printable("answer.by", by);
    Require.that(
        text.length() <= LONGEST,
        "answer.text must have at most %s characters, got %s; keep it elsewhere and give a"
            + " reference",
        LONGEST,
        text.length());
    Require.that(
        !text.isBlank() || kind == Kind.APPROVED || kind == Kind.RAISED,
        "answer.text must not be empty for %s",
        kind);
    Require.that(
        budget.isPresent() == (kind == Kind.RAISED),
        "answer.budget belongs to RAISED and to nothing else, got %s",
        kind);
  }

  /**
   * {@return an approval}
   *
   * @param by who decided
   */
  public static Answer approve(String by) {
    return new Answer(Kind.APPROVED, by, "", Optional.empty());
  }

  /**
   * {@return a denial}
   *
   * @param by who decided
   * @param reason becomes a finding
   */
  public static Answer deny(String by, String reason) {
    return new Answer(Kind.DENIED, by, reason, Optional.empty());
  }

  /**
   * {@return an approval with another instruction}
   *
   * @param by who decided
   * @param payload takes the place of {@link Task#payload()} for the agents
   */
  public static Answer edit(String by, String payload) {
    return new Answer(Kind.EDITED, by, payload, Optional.empty());
  }

  /**
   * {@return an answer to a question of an agent}
   *
   * @param by who answers
   * @param text the answer
   */
  public static Answer reply(String by, String text) {
    return new Answer(Kind.ANSWERED, by, text, Optional.empty());
  }

  /**
   * {@return new limits for a task, or for its tenant, that reached its budget}
   *
   * @param by who decided
   * @param budget takes the place of the budget that was reached
   */
  public static Answer raise(String by, TaskBudget budget) {
    Objects.requireNonNull(budget, "answer.budget must not be null; give the new limits");
    return new Answer(Kind.RAISED, by, "", Optional.of(budget));
  }
}
