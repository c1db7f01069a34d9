/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.task.Task;
import java.time.Instant;

/**
 * A task as it was accepted: written once.
 *
 * @param task the task
 * @param accepted when it was accepted; its deadline counts from here
 */
public record KeptTask(Task task, Instant accepted) {}
