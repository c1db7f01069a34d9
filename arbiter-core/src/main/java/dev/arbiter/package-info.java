/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Gives tasks to agents, holds them to their working spec, and learns which agent to trust.
 *
 * <p>Start at {@link dev.arbiter.Arbiter}. The engine behind it:
 *
 * <pre>
 * Arbiter.submit -> Submissions -> TaskRun (ticket, state) -> TaskQueue
 *                                     |
 *  Dispatcher (places, leases) -> TaskPipeline: admit, route, run, judge, conclude, learn
 *                                     |        |            |               |
 *                    LiveRegistry ----+   AgentSlots   AgentCaller    TaskStateMachine
 *                    (snapshot)           (slots)      (Attempt)      (table, journal,
 *                                                                      listeners)
 * </pre>
 */
@NullMarked
package dev.arbiter;

import org.jspecify.annotations.NullMarked;
