/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.WorkReport;
import java.util.concurrent.CompletionStage;

/**
 * Somebody who can do work without holding a thread meanwhile.
 *
 * <p>When the attempt takes longer than it may or is cancelled, the stage's future is cancelled and
 * whatever comes later is ignored.
 */
@FunctionalInterface
public interface AsyncAgent {

  /**
   * Begins the work and returns at once.
   *
   * @param assignment what to do, and under which approval
   * @return completes with what came of it; null, and completion with null, are failures
   * @throws Exception any exception is a failed attempt
   */
  CompletionStage<WorkReport> start(Assignment assignment) throws Exception;
}
