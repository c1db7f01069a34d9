/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.task.TaskResult;
import java.time.Instant;

/**
 * The end of a task.
 *
 * @param result the result, with the task
 * @param accepted when the task was accepted
 * @param at when it ended
 */
public record KeptEnd(TaskResult result, Instant accepted, Instant at) {}
