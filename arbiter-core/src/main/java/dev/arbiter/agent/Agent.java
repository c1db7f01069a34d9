/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.WorkReport;

/**
 * Somebody who can do work, and blocks while doing it.
 *
 * <p>Called on a thread of the engine's executor, at most {@link AgentProfile#capacity()} times at
 * once. When the attempt takes longer than it may or is cancelled, the thread is interrupted and
 * whatever is returned later is ignored.
 */
@FunctionalInterface
public interface Agent {

  /**
   * Does the work.
   *
   * @param assignment what to do, and under which approval
   * @return what came of it; null is a failure
   * @throws Exception any exception is a failed attempt, its message goes into the result
   */
  WorkReport run(Assignment assignment) throws Exception;
}
