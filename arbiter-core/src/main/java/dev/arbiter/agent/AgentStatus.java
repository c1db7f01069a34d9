/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

/** Whether an agent takes work. */
public enum AgentStatus {
  /** Takes work. */
  AVAILABLE,
  /** Takes work, but has no free slot now: what it is given waits. */
  BUSY,
  /** Finishes what it has and takes nothing new. */
  DRAINING,
  /** Not there: takes nothing, and what waits for it goes elsewhere. */
  OFFLINE,
  /** Taken out on purpose; otherwise as {@link #OFFLINE}. */
  MAINTENANCE;

  /**
   * Tells whether an agent in this status is a candidate.
   *
   * @return true for AVAILABLE and BUSY
   */
  public boolean takesWork() {
    return this == AVAILABLE || this == BUSY;
  }
}
