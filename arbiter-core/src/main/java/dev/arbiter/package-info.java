/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Gives tasks to agents, holds them to their working spec, and learns which agent to trust.
 *
 * <p>Start at {@link dev.arbiter.Arbiter}. The engine behind it:
 *
 * <pre>
 * Arbiter.submit -> Submissions -> TaskRun (Mailbox: news of timers, agents, store)
 *                                     |
 *  Crew (threads) ------------> Pipeline.drive: admit, route, run, judge, conclude, learn
 *                                 |      |        |          |            |
 *                              Line   LiveRegistry  Slots  AgentCaller   Publisher -> Tenure
 *                             (places) (snapshot)   (seats) (Attempt)    (table,      (Store)
 *                                                                        listeners)
 * </pre>
 */
@NullMarked
package dev.arbiter;

import org.jspecify.annotations.NullMarked;
