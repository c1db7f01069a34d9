/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/**
 * The state of a task.
 *
 * <p>The table of legal steps is data: {@link #mayBecome(TaskState)} reads one bit. A failed
 * attempt returns to {@link #ROUTING}, or to {@link #EXECUTING} while other agents work at the same
 * task. Every state that is not an end may become {@link #FAILED}, because a store may refuse a
 * record at any step. A task whose work was judged can no longer be cancelled.
 */
public enum TaskState {
  /** Accepted and recorded; the task waits in the queue. */
  RECEIVED,
  /** The constitution reads the working spec. */
  VALIDATING_SPEC,
  /** The constitution admitted the task. */
  SPEC_APPROVED,
  /** The router chooses an agent. */
  ROUTING,
  /** The router chose an agent; the task waits for a free slot of it, if there is none. */
  ROUTED,
  /** The agent works. */
  EXECUTING,
  /** The agent returned a report. */
  EXECUTION_COMPLETE,
  /** The constitution judges the report. */
  VERIFYING,
  /** The constitution approved or waived the report. */
  VERIFIED,
  /** The task waits for something outside, see {@link WaitReason}. */
  WAITING,
  /** End: the report was approved or waived. */
  COMPLETED,
  /** End: the constitution refused the task before any agent saw it. */
  REJECTED,
  /** End: no attempt led to an approved report. */
  FAILED,
  /** End: the caller or the engine cancelled the task. */
  CANCELLED;

  /* Index: place() of a state. Value: bits of the states that may follow. */
  private static final int[] NEXT = new int[Integer.SIZE];

  static {
    allow(RECEIVED, VALIDATING_SPEC, FAILED, CANCELLED);
    allow(VALIDATING_SPEC, SPEC_APPROVED, WAITING, REJECTED, FAILED, CANCELLED);
    allow(SPEC_APPROVED, ROUTING, FAILED, CANCELLED);
    allow(ROUTING, ROUTED, FAILED, CANCELLED);
    allow(ROUTED, EXECUTING, WAITING, ROUTING, FAILED, CANCELLED);
    allow(EXECUTING, EXECUTION_COMPLETE, VERIFYING, WAITING, ROUTING, FAILED, CANCELLED);
    allow(EXECUTION_COMPLETE, VERIFYING, FAILED, CANCELLED);
    allow(VERIFYING, VERIFIED, EXECUTING, WAITING, ROUTING, FAILED, CANCELLED);
    allow(VERIFIED, COMPLETED, FAILED);
    allow(WAITING, VALIDATING_SPEC, ROUTING, EXECUTING, VERIFYING, REJECTED, FAILED, CANCELLED);
  }

  private static void allow(TaskState from, TaskState... next) {
    for (TaskState to : next) {
      NEXT[from.place()] |= 1 << to.place();
    }
  }

  /**
   * {@return whether the table allows the step from this state to another}
   *
   * @param next the state after the step
   */
  public boolean mayBecome(TaskState next) {
    return (NEXT[place()] & (1 << next.place())) != 0;
  }

  /** {@return true for COMPLETED, REJECTED, FAILED and CANCELLED} */
  public boolean isEnd() {
    return NEXT[place()] == 0;
  }

  @SuppressWarnings("EnumOrdinal") // never stored, only a place in the table within this class
  private int place() {
    return ordinal();
  }
}
