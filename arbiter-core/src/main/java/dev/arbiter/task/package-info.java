/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The values of one task: the task, the routing decision, the report, the verdict and the result.
 *
 * <pre>
 * Task -> Admission -> RoutingDecision -> WorkReport -> Verdict (Seal) -> TaskResult
 *         Finding*     Explanation        FileChange    Finding*          FailureCause
 *                                         Evidence, Usage
 * </pre>
 *
 * <p>All values are immutable and may be shared between threads. None depends on the engine.
 */
@NullMarked
package dev.arbiter.task;

import org.jspecify.annotations.NullMarked;
