/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.task.Task;

/**
 * The outcome of one decision, as a policy learns it.
 *
 * @param row the agent
 * @param category the type of task
 * @param failedRow who failed at the task before, -1 if nobody knows any more, {@link
 *     PendingDecisions#FIRST_CHOICE} if nobody did
 * @param claim the level the agent claimed, NaN for none
 * @param reward between 0 and 1
 * @param unchecked what the agent claims and nobody checked, of which the reward is the believed
 *     part; 0 for what was checked
 * @param task the task
 */
record Feedback(
    int row, int category, int failedRow, float claim, double reward, double unchecked, Task task) {

  boolean isFallback() {
    return failedRow != PendingDecisions.FIRST_CHOICE;
  }
}
