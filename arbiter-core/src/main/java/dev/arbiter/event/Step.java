/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import dev.arbiter.task.Task;
import java.time.Instant;

/**
 * Where and when a task's event happened; steps taken at the same moment share one.
 *
 * @param task the task
 * @param attempt 0 before an agent was chosen, then 1 for the first agent tried
 * @param agent who has the attempt, empty before an agent was chosen
 * @param at wall-clock time, at most a millisecond old
 * @param nanoTime nanoseconds of the engine's nano clock
 */
public record Step(Task task, int attempt, String agent, Instant at, long nanoTime) {}
