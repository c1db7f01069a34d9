/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * What a caller holds of a submitted task.
 *
 * <p>Thread-safe, and may be kept or dropped: the task goes on either way.
 */
public interface TaskHandle {

  /**
   * The task as it was accepted.
   *
   * @return the task, with its id
   */
  Task task();

  /**
   * Where the task is now.
   *
   * @return the state
   */
  TaskState state();

  /**
   * Waits for the end.
   *
   * @param most how long
   * @return how the task ended
   * @throws ArbiterException if it has not ended by then; the task goes on
   * @throws InterruptedException if the waiting thread is interrupted; the task goes on
   */
  TaskResult await(Duration most) throws InterruptedException;

  /**
   * Completes at the end, never exceptionally.
   *
   * @return the result to come
   */
  CompletionStage<TaskResult> result();

  /**
   * Calls the task off. An agent that works on it is interrupted, and what it reports is ignored.
   *
   * @param reason goes into the result
   * @return false if the task has ended, or its work was already found to stand
   */
  boolean cancel(String reason);

  /**
   * Receives the task's events from now on, under the rules of {@link ArbiterListener}.
   *
   * @param listener receives them
   */
  void subscribe(ArbiterListener listener);

  /**
   * The task's id.
   *
   * @return {@code task().id()}
   */
  default String id() {
    return task().id();
  }
}
