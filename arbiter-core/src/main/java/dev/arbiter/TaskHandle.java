/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A submitted task, as its caller sees it.
 *
 * <p>Thread-safe. A caller may drop it: the task runs all the same.
 */
public interface TaskHandle {

  /** {@return the task as it was accepted, with its id} */
  Task task();

  /** {@return the state of the task now} */
  TaskState state();

  /**
   * Waits until the task ends.
   *
   * @param most the longest time to wait
   * @return the result
   * @throws ArbiterException if the task has not ended by then, and continues; or if the arbiter
   *     was closed, and the store keeps the task for the next one
   * @throws InterruptedException if the waiting thread is interrupted; the task continues
   */
  TaskResult await(Duration most) throws InterruptedException;

  /**
   * {@return the future result} It completes exceptionally in one case only: the arbiter was closed
   * before the task began, and its store keeps the task for the next arbiter. Then it fails with
   * {@link ArbiterException}.
   */
  CompletionStage<TaskResult> result();

  /**
   * Cancels the task. The engine interrupts an agent that works on it and ignores its report.
   *
   * @param reason becomes part of the result, its first 65,536 characters
   * @return false if the task has ended, or its work was already approved
   */
  boolean cancel(String reason);

  /** {@return what the task waits for in state WAITING; empty in any other state} */
  Optional<WaitReason> waitsFor();

  /**
   * Runs a task again that waits because its effect is unknown. The new run has the same attempt
   * number and attempt key.
   *
   * @return false if it does not wait for that; the second of two calls does nothing
   */
  boolean runAgain();

  /**
   * Adds a listener for the task's future events, under the rules of {@link ArbiterListener}.
   *
   * @param listener the listener
   */
  void subscribe(ArbiterListener listener);

  /** {@return the id of the task} */
  default String id() {
    return task().id();
  }
}
