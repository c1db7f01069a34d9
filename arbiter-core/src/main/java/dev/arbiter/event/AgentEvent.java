/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import java.time.Instant;

/** A change of one agent. */
public sealed interface AgentEvent extends ArbiterEvent {

  /**
   * Which agent.
   *
   * @return its id
   */
  String agent();

  /**
   * An agent was added.
   *
   * @param at wall-clock time
   * @param nanoTime for durations
   * @param profile what it declares
   */
  record Registered(Instant at, long nanoTime, AgentProfile profile) implements AgentEvent {
    @Override
    public String agent() {
      return profile.id();
    }
  }

  /**
   * An agent declares something else.
   *
   * @param at wall-clock time
   * @param nanoTime for durations
   * @param profile what it declares now
   */
  record Updated(Instant at, long nanoTime, AgentProfile profile) implements AgentEvent {
    @Override
    public String agent() {
      return profile.id();
    }
  }

  /**
   * Whether an agent takes work changed.
   *
   * @param at wall-clock time
   * @param nanoTime for durations
   * @param agent which agent
   * @param before the status it had
   * @param after the status it has
   */
  record StatusChanged(Instant at, long nanoTime, String agent, Status before, Status after)
      implements AgentEvent {}

  /**
   * An agent was removed.
   *
   * @param at wall-clock time
   * @param nanoTime for durations
   * @param agent which agent
   */
  record Retired(Instant at, long nanoTime, String agent) implements AgentEvent {}
}
