/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.WorkReport;
import java.util.concurrent.CompletionStage;

/**
 * Does work without blocking a thread.
 *
 * <p>When an attempt exceeds its time or is cancelled, the engine cancels the stage's future and
 * ignores a later report.
 */
@FunctionalInterface
public interface AsyncAgent {

  /**
   * Starts the work and returns at once.
   *
   * @param assignment the task and its approval
   * @return completes with the report; null, and completion with null, are failures
   * @throws Exception any exception is a failed attempt
   */
  CompletionStage<WorkReport> start(Assignment assignment) throws Exception;
}
