/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

/**
 * One agent of a registry: what it declared and its status as of the snapshot it came with, and its
 * live load.
 *
 * <p>Thread-safe. Profile and status of one instance never change; load is read live, costs one
 * volatile read, and may be one step behind.
 */
public interface RegisteredAgent {

  /**
   * What it declares.
   *
   * @return the profile
   */
  AgentProfile profile();

  /**
   * Whether it takes work.
   *
   * @return BUSY when it would take work and has no free slot
   */
  Status status();

  /**
   * Tasks it works on now.
   *
   * @return at least 0
   */
  int active();

  /**
   * Tasks that wait for a slot of it.
   *
   * @return at least 0
   */
  int queued();

  /**
   * A small number for arrays, which no other registered agent has at the same time.
   *
   * @return at least 0; given to another agent some time after this one was retired
   */
  int number();

  /**
   * The agent's id.
   *
   * @return {@code profile().id()}
   */
  default String id() {
    return profile().id();
  }

  /**
   * Slots that are free now.
   *
   * @return at least 0
   */
  default int freeSlots() {
    return Math.max(0, profile().capacity() - active());
  }

  /** Whether an agent takes work. */
  enum Status {
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
}
