/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * The questions that tasks wait for. A person sees a request, and the host hands in the decision.
 *
 * <p>A request is in the store before it is listed here, and survives a restart. It is decided
 * once; the decision is in the store before the task goes on. If nobody decides in time the next
 * audience is asked, and after the last one the task fails: nothing is ever approved by silence.
 * Thread-safe.
 */
public interface Approvals {

  /** {@return the open requests, the oldest first} */
  List<ApprovalRequest> open();

  /**
   * {@return an open request, empty if it was decided, has expired, or never was}
   *
   * @param id the id of the request
   */
  Optional<ApprovalRequest> find(String id);

  /**
   * Decides a request.
   *
   * @param id the id of the request
   * @param digest the digest of the request as the person saw it
   * @param answer the decision
   * @return completes with the decision when the store has kept it; fails with {@link
   *     ArbiterException} if it did not, or if the request expired or its task ended meanwhile
   * @throws IllegalStateException if the request is not open, or something else was shown under
   *     that id
   * @throws IllegalArgumentException if this kind of decision does not fit the request
   * @throws ArbiterException if the person may not decide it
   */
  CompletionStage<Approval> decide(String id, String digest, Answer answer);

  /**
   * Decides a request as it was shown.
   *
   * @param shown the request
   * @param answer the decision
   * @return as {@link #decide(String, String, Answer)}
   */
  default CompletionStage<Approval> decide(ApprovalRequest shown, Answer answer) {
    Objects.requireNonNull(shown, "give the request as it was shown, got null");
    return decide(shown.id(), shown.digest(), answer);
  }
}
