/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a router keeps: sums of outcomes by agent and by type of task, decisions without an outcome.
 *
 * <p>An agent is a row, a number from {@link dev.arbiter.routing.internal.record.AgentIndex}; a
 * type of task is a category, a number from {@link
 * dev.arbiter.routing.internal.record.TaskTypeIndex}. Every store is bounded, has arrays by row,
 * and forgets a row when it passes to another agent. None is thread-safe: the router's lock guards
 * them.
 */
@NullMarked
package dev.arbiter.routing.internal.record;

import org.jspecify.annotations.NullMarked;
