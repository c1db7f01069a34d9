/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.task.Task;
import java.util.Optional;

/**
 * Checks one answer before it may have a vote: compiles it, runs its tests, asks the gates of a
 * constitution. A check is worth more than any vote, so it comes first.
 *
 * <p>Threads: called on the thread on which an answer arrives, for several answers at once. Errors:
 * it fails closed; an exception is a reason.
 */
@FunctionalInterface
public interface Verifier {

  /**
   * Checks an answer.
   *
   * @param task what was asked
   * @param reply an answer, no abstention
   * @return why it does not pass, one line; empty if it passes
   * @throws Exception is a reason
   */
  Optional<String> whyNot(Task task, Reply reply) throws Exception;

  /** {@return a verifier that lets every answer pass} */
  static Verifier none() {
    return (task, reply) -> Optional.empty();
  }
}
