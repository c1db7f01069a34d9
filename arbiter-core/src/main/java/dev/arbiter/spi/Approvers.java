/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;

/**
 * Says who may decide. Without one, every decision that the host hands in holds.
 *
 * <p>Threads: called on the thread that hands in the decision, from many at once. Errors: it fails
 * closed; an exception refuses the decision.
 */
@FunctionalInterface
public interface Approvers {

  /**
   * {@return whether this person may decide this request so}
   *
   * @param request the request, with its audience
   * @param answer the decision, with the person
   */
  boolean mayDecide(ApprovalRequest request, Answer answer);
}
