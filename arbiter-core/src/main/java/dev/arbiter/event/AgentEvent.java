/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import java.time.Instant;
import java.util.Optional;

/** A change of one agent. */
public sealed interface AgentEvent extends ArbiterEvent {

  /** {@return the id of the agent} */
  String agent();

  /**
   * An agent was added.
   *
   * @param at wall-clock time
   * @param nanoTime nanoseconds of the engine, for durations
   * @param profile the profile it declares
   */
  record Registered(Instant at, long nanoTime, AgentProfile profile) implements AgentEvent {
    @Override
    public String agent() {
      return profile.id();
    }
  }

  /**
   * An agent declares a new profile.
   *
   * @param at wall-clock time
   * @param nanoTime nanoseconds of the engine, for durations
   * @param profile the new profile
   */
  record Updated(Instant at, long nanoTime, AgentProfile profile) implements AgentEvent {
    @Override
    public String agent() {
      return profile.id();
    }
  }

  /**
   * The status of an agent changed.
   *
   * @param at wall-clock time
   * @param nanoTime nanoseconds of the engine, for durations
   * @param agent the id of the agent
   * @param before the old status
   * @param after the new status
   * @param until when its usage limit ends, if it is LIMITED now
   */
  record StatusChanged(
      Instant at, long nanoTime, String agent, Status before, Status after, Optional<Instant> until)
      implements AgentEvent {

    /**
     * A change to any status but LIMITED.
     *
     * @param at wall-clock time
     * @param nanoTime nanoseconds of the engine, for durations
     * @param agent the id of the agent
     * @param before the old status
     * @param after the new status
     */
    public StatusChanged(Instant at, long nanoTime, String agent, Status before, Status after) {
      this(at, nanoTime, agent, before, after, Optional.empty());
    }
  }

  /**
   * An agent was removed.
   *
   * @param at wall-clock time
   * @param nanoTime nanoseconds of the engine, for durations
   * @param agent the id of the agent
   */
  record Retired(Instant at, long nanoTime, String agent) implements AgentEvent {}
}
