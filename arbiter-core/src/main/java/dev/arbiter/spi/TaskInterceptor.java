/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.agent.Assignment;
import dev.arbiter.task.WorkReport;
import java.util.concurrent.CompletionStage;

/**
 * Wraps the call of an agent: for tracing, logging context, security context, or to measure the
 * changes of an agent instead of trusting its report.
 *
 * <p>Threads: called on the thread that calls the agent. A blocking agent has finished when {@link
 * Invocation#proceed} returns, an asynchronous one may not have. Errors: an exception, thrown or in
 * the stage, is a failed attempt. One that is an {@link ArbiterListener} as well hears every event.
 */
@FunctionalInterface
public interface TaskInterceptor {

  /**
   * Calls the next interceptor or the agent, and acts before or after.
   *
   * @param assignment the attempt
   * @param next the next interceptor, or the agent
   * @return the report, perhaps amended
   * @throws Exception any exception is a failed attempt
   */
  CompletionStage<WorkReport> intercept(Assignment assignment, Invocation next) throws Exception;

  /** The next interceptor, or the agent. */
  @FunctionalInterface
  interface Invocation {
    /**
     * Continues the attempt: at most once, and before it is over.
     *
     * @param assignment the attempt; only its folder, its insights and its time limit may differ,
     *     and the limit only be shorter
     * @return the report
     * @throws IllegalStateException if the attempt was continued before, is over, or was amended;
     *     the agent is not called
     * @throws Exception the exception of the agent
     */
    CompletionStage<WorkReport> proceed(Assignment assignment) throws Exception;
  }
}
