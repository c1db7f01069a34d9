/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/** What a task in state {@link TaskState#WAITING} waits for. It holds no thread and no slot. */
public sealed interface WaitReason {

  /**
   * An agent worked on the task when the process ended, so nobody knows what it has done. A person
   * looks, and then runs the task again or cancels it.
   *
   * @param agent the agent
   * @param attempt the attempt
   */
  record UnknownEffect(String agent, int attempt) implements WaitReason {}
}
