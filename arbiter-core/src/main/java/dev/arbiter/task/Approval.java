/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.time.Instant;

/**
 * A decision of a person about a task. The store keeps it before the task goes on, and the verdict
 * of a constitution that seals verdicts names it.
 *
 * @param request the id of the request
 * @param point the point of the task at which it waited
 * @param digest the digest of what was shown
 * @param answer the decision
 * @param at when it was decided
 */
public record Approval(
    String request, ApprovalRequest.Point point, String digest, Answer answer, Instant at) {

  /** {@return whether the decision is a denial} */
  public boolean isDenial() {
    return answer.kind() == Answer.Kind.DENIED;
  }
}
