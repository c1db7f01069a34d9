/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.Approval;
import dev.arbiter.task.Question;
import dev.arbiter.task.WorkReport.Usage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The engine, as an agent reaches it while it works; see {@link Assignment}. Thread-safe. */
public interface AgentLink {

  /**
   * Asks a person.
   *
   * @param question the question
   * @return the decision
   */
  CompletionStage<Approval> ask(Question question);

  /**
   * Notes progress.
   *
   * @param more what was used since the last report, already in the meter
   * @param message one line for a reader
   * @return whether the agent may go on
   */
  CompletionStage<Boolean> progress(Usage more, String message);

  /** {@return a link to nobody, for an agent that is called without an arbiter} */
  static AgentLink none() {
    return NoLink.NONE;
  }

  /** Nobody answers, and every progress may go on. */
  enum NoLink implements AgentLink {
    /** The only one. */
    NONE;

    @Override
    public CompletionStage<Approval> ask(Question question) {
      return CompletableFuture.failedFuture(
          new IllegalStateException("no arbiter gave this assignment, so nobody can be asked"));
    }

    @Override
    public CompletionStage<Boolean> progress(Usage more, String message) {
      return CompletableFuture.completedFuture(true);
    }
  }
}
