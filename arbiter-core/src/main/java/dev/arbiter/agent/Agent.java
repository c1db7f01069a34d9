/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.WorkReport;

/**
 * Does work, and blocks its thread meanwhile.
 *
 * <p>Called on a thread of the engine's executor, at most {@link AgentProfile#capacity()} times at
 * once. When an attempt exceeds its time or is cancelled, the engine interrupts the thread and
 * ignores a later report.
 */
@FunctionalInterface
public interface Agent {

  /**
   * Does the work.
   *
   * @param assignment the task and its approval
   * @return the report; null is a failure
   * @throws Exception any exception is a failed attempt; its message becomes part of the result
   */
  WorkReport run(Assignment assignment) throws Exception;
}
