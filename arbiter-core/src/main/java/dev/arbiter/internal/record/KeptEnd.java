/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The end of a task.
 *
 * @param result the result, with the task as its agents got it
 * @param accepted when the task was accepted
 * @param at when it ended
 * @param payload the instruction as it was submitted, if a person edited it
 */
public record KeptEnd(TaskResult result, Instant accepted, Instant at, @Nullable String payload) {

  /** The end of a task whose instruction was not edited. */
  public KeptEnd(TaskResult result, Instant accepted, Instant at) {
    this(result, accepted, at, null);
  }

  /** {@return the task as it was submitted} */
  public Task asked() {
    return payload == null ? result.task() : result.task().withPayload(payload);
  }
}
