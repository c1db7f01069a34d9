/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.agent.Assignment;
import dev.arbiter.task.WorkReport;
import java.util.concurrent.CompletionStage;

/**
 * Stands around an agent's run: tracing, logging context, security context, or measuring what the
 * agent changed instead of believing it.
 *
 * <p>Threads: called on the thread that calls the agent. A blocking agent has finished when {@link
 * Invocation#proceed} returns, an asynchronous one may not have. Errors: an exception, thrown or in
 * the stage, is a failed attempt.
 */
@FunctionalInterface
public interface TaskInterceptor {

  /**
   * Calls the next in line, and does what it is there for before or after.
   *
   * @param assignment the attempt
   * @param next the next interceptor, or the agent
   * @return what came back, maybe amended
   * @throws Exception any exception is a failed attempt
   */
  CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next) throws Exception;

  /** The next in line. */
  @FunctionalInterface
  interface Invocation {
    /**
     * Lets the attempt go on: once, and before it is over.
     *
     * @param assignment the attempt; only its time limit may be another, and no longer
     * @return what comes back
     * @throws IllegalStateException if the attempt went on before, is over, or was amended; the
     *     agent is not called
     * @throws Exception what the agent threw
     */
    CompletionStage<WorkReport> proceed(Assignment assignment) throws Exception;
  }
}
