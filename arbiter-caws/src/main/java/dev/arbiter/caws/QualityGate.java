/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.task.WorkReport;

/**
 * A check of the work that the host makes itself, instead of believing the report's evidence.
 *
 * <p>Threads: called from many threads at once, on the thread that judges; a slow check delays that
 * task. Errors: anything thrown fails the gate, as does returning nothing.
 */
@FunctionalInterface
public interface QualityGate {

  /**
   * Checks the work.
   *
   * @param assignment the attempt
   * @param report what came back
   * @return passed or failed, with a reason
   * @throws Exception any exception fails the gate
   */
  GateResult check(Assignment assignment, WorkReport report) throws Exception;
}
