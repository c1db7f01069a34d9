/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/**
 * Where a task is on its line.
 *
 * <p>The table of legal steps is data: {@link #mayBecome(TaskState)} reads one bit. A failed
 * attempt returns to {@link #ROUTING}; every state that is not an end may become {@link #FAILED},
 * because a journal may refuse an entry at any step; once the work was judged a task can no longer
 * be cancelled.
 */
public enum TaskState {
  /** Accepted and recorded, waiting for a turn. */
  RECEIVED,
  /** The constitution reads the working spec. */
  VALIDATING_SPEC,
  /** The constitution admitted the task. */
  SPEC_APPROVED,
  /** An agent is being chosen. */
  ROUTING,
  /** An agent was chosen and has it, or will as soon as it has a free slot. */
  ROUTED,
  /** The agent works. */
  EXECUTING,
  /** The agent's report is here. */
  EXECUTION_COMPLETE,
  /** The constitution judges the report. */
  VERIFYING,
  /** The report was approved, or waived. */
  VERIFIED,
  /** End: done, with an approved report. */
  COMPLETED,
  /** End: the constitution refused the task before any agent saw it. */
  REJECTED,
  /** End: no attempt led to an approved report. */
  FAILED,
  /** End: called off. */
  CANCELLED;

  /* By place() of the state before; bits of the states that may follow. */
  private static final int[] NEXT = new int[Integer.SIZE];

  static {
    allow(RECEIVED, VALIDATING_SPEC, FAILED, CANCELLED);
    allow(VALIDATING_SPEC, SPEC_APPROVED, REJECTED, FAILED, CANCELLED);
    allow(SPEC_APPROVED, ROUTING, FAILED, CANCELLED);
    allow(ROUTING, ROUTED, FAILED, CANCELLED);
    allow(ROUTED, EXECUTING, ROUTING, FAILED, CANCELLED);
    allow(EXECUTING, EXECUTION_COMPLETE, ROUTING, FAILED, CANCELLED);
    allow(EXECUTION_COMPLETE, VERIFYING, FAILED, CANCELLED);
    allow(VERIFYING, VERIFIED, ROUTING, FAILED, CANCELLED);
    allow(VERIFIED, COMPLETED, FAILED);
  }

  private static void allow(TaskState from, TaskState... next) {
    for (TaskState to : next) {
      NEXT[from.place()] |= 1 << to.place();
    }
  }

  /**
   * Tells whether a task may step from this state to another.
   *
   * @param next the state after the step
   * @return whether the table has it
   */
  public boolean mayBecome(TaskState next) {
    return (NEXT[place()] & (1 << next.place())) != 0;
  }

  /**
   * Tells whether the task has ended here.
   *
   * @return true for COMPLETED, REJECTED, FAILED and CANCELLED
   */
  public boolean isEnd() {
    return NEXT[place()] == 0;
  }

  @SuppressWarnings("EnumOrdinal") // never stored, only a place in the table within this class
  private int place() {
    return ordinal();
  }
}
