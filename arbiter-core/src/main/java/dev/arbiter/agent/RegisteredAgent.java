/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import java.time.Instant;
import java.util.Optional;

/**
 * One agent of a registry: its profile and status at the time of the snapshot, and its live load.
 *
 * <p>Thread-safe. Profile and declared status of one instance never change. A read of the load
 * costs one volatile read, and may be one step behind.
 */
public interface RegisteredAgent {

  /** {@return the profile} */
  AgentProfile profile();

  /** {@return the status; BUSY if it takes work and has no free slot} */
  Status status();

  /** {@return the number of tasks it works on now, at least 0} */
  int active();

  /** {@return the number of tasks that wait for one of its slots, at least 0} */
  int queued();

  /**
   * {@return a small number for arrays, at least 0; no other registered agent has it at the same
   * time. Some time after this agent is retired, another agent may get it}
   */
  int number();

  /** {@return when it takes work again by itself, in status LIMITED or EJECTED; else empty} */
  default Optional<Instant> availableAt() {
    return Optional.empty();
  }

  /** {@return the id of the agent} */
  default String id() {
    return profile().id();
  }

  /** {@return the number of slots that are free now, at least 0} */
  default int freeSlots() {
    return Math.max(0, profile().capacity() - active());
  }

  /** The status of an agent: whether it takes work. */
  enum Status {
    /** Takes work. */
    AVAILABLE,
    /** Takes work, but has no free slot now: its next tasks wait. */
    BUSY,
    /** Finishes its tasks and takes no new ones. */
    DRAINING,
    /** Takes no work; tasks that wait for it are routed again. */
    OFFLINE,
    /** Taken out on purpose; works like {@link #OFFLINE}. */
    MAINTENANCE,
    /**
     * Has reached its usage limit; works like {@link #OFFLINE} until {@link
     * RegisteredAgent#availableAt}, and then takes work again by itself.
     */
    LIMITED,
    /**
     * Failed too often in a row; works like {@link #OFFLINE} until {@link
     * RegisteredAgent#availableAt}. Then it gets one task at a time until one succeeds.
     */
    EJECTED;

    /** {@return whether an agent in this status is a candidate: true for AVAILABLE and BUSY} */
    public boolean takesWork() {
      return this == AVAILABLE || this == BUSY;
    }
  }
}
