/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

/**
 * What to do with a task whose agent worked when the process ended: nobody knows what it has done.
 */
public enum AfterCrash {
  /** Runs the task again if the agent declared itself idempotent; waits otherwise. The default. */
  RUN_AGAIN_IF_IDEMPOTENT,
  /** Runs the task again, with the same attempt number and attempt key. */
  RUN_AGAIN,
  /** Waits in state WAITING until a person runs it again or cancels it. */
  WAIT,
  /** Ends the task with cause UNKNOWN_EFFECT. */
  FAIL
}
