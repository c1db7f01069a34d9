/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Outcome;
import dev.arbiter.task.TaskResult;
import org.jspecify.annotations.Nullable;

/** The next move of a run: a stage, a reason to wait, or the end. */
sealed interface Move {

  /** A stage of the pipeline, in the order in which a task passes them. */
  enum Stage implements Move {
    ENTER,
    ADMIT,
    ROUTE,
    SEAT,
    SEAT_AGAIN,
    RUN,
    CALL,
    MORE,
    REPORT,
    ASK,
    ASK_NEXT,
    KEEP_REPORT,
    JUDGE,
    ACCEPT,
    HOLD,
    PARK,
    WAKE,
    DECIDE,
    OVERSPENT,
    ASK_FOR_MORE,
    TELL
  }

  /** What a parked run waits for. It holds no thread. */
  enum Waits implements Move {
    /** A place among the tasks that run at once. */
    PLACE,
    /** The store has not kept the last batch yet. */
    STORE,
    /** The tenure ended; the store comes back with what it kept, or the run ends unrecorded. */
    RECOVERY,
    /** A slot of the chosen agent. */
    SLOT,
    /** The report of the agent. */
    AGENT,
    /** Something outside: a {@code WaitReason}. The run holds neither place nor slot. */
    OUTSIDE,
    /** Nothing more: the run has ended. */
    NOTHING
  }

  /**
   * The end of the task, to be kept, and then told.
   *
   * @param result the result
   * @param outcome the outcome of the open routing decision; null if there is none
   */
  record Ended(TaskResult result, @Nullable Outcome outcome) implements Move {}
}
