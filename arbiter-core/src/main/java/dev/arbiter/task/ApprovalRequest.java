/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.time.Instant;

/**
 * A question to a person, as it was kept before the person saw it.
 *
 * @param id the same whenever the same question is asked at the same point of the same task
 * @param tenant the tenant of the task
 * @param task the id of the task
 * @param point the point of the task at which it waits
 * @param attempt the attempt, 0 before the first
 * @param agent the agent of the attempt, empty before one was chosen
 * @param question the question, with all that is shown
 * @param audience who is asked now; empty for whoever the host lets decide
 * @param digest {@code sha256:} and the digest of the question, the task, its spec and the work; a
 *     decision names it, so that it holds for what was shown and for nothing else
 * @param askedAt when the task began to wait
 * @param expiresAt when the audience has had its time
 */
public record ApprovalRequest(
    String id,
    String tenant,
    String task,
    Point point,
    int attempt,
    String agent,
    Question question,
    String audience,
    String digest,
    Instant askedAt,
    Instant expiresAt) {

  /** The point of a task at which a person is asked. */
  public enum Point {
    /** Before any agent is called. */
    START,
    /** When the work is done, before it is judged. */
    RESULT,
    /** An agent asks while it works. */
    INPUT,
    /** The task has reached its budget. */
    BUDGET;

    /** {@return whether this kind of decision fits this point} */
    boolean takes(Answer.Kind kind) {
      return switch (kind) {
        case DENIED -> true;
        case APPROVED -> this != BUDGET;
        case EDITED -> this == START;
        case ANSWERED -> this == INPUT;
        case RAISED -> this == BUDGET;
      };
    }
  }

  /**
   * {@return whether this kind of decision fits the point at which the task waits}
   *
   * @param kind the kind
   */
  public boolean takes(Answer.Kind kind) {
    return point.takes(kind);
  }
}
