/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.agent.RegisteredAgent.Status;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Who is there to do work.
 *
 * <p>Thread-safe. Every list it returns is an immutable snapshot. It never hands out an {@link
 * Agent}: the only way to one is a task that the constitution admitted.
 */
public interface AgentRegistry {

  /**
   * Adds an agent.
   *
   * @param profile what it declares
   * @param agent does the work
   * @throws IllegalStateException if the id is taken
   */
  void register(AgentProfile profile, Agent agent);

  /**
   * Adds an agent that holds no thread while it works.
   *
   * @param profile what it declares
   * @param agent does the work
   * @throws IllegalStateException if the id is taken
   */
  void registerAsync(AgentProfile profile, AsyncAgent agent);

  /**
   * Replaces what an agent declares; what it works on goes on.
   *
   * @param profile the new declaration, under the same id
   * @throws IllegalArgumentException if no agent has that id
   */
  void update(AgentProfile profile);

  /**
   * Sets whether an agent takes work. What waits for an agent that is set OFFLINE or MAINTENANCE
   * goes back to routing; what it works on goes on.
   *
   * @param id the agent
   * @param status the new status
   * @throws IllegalArgumentException if no agent has that id
   */
  void setStatus(String id, Status status);

  /**
   * Removes an agent. What waits for it goes back to routing; what it works on goes on.
   *
   * @param id the agent
   * @throws IllegalArgumentException if no agent has that id
   */
  void retire(String id);

  /**
   * Looks one agent up.
   *
   * @param id the agent
   * @return the agent as of now, or empty
   */
  Optional<RegisteredAgent> find(String id);

  /**
   * All agents, in order of registration.
   *
   * @return an immutable snapshot
   */
  List<RegisteredAgent> all();

  /**
   * The agents that take work and have every one of the capabilities, in order of registration.
   *
   * <p>The answer for a set of capabilities is kept until the registry changes, so asking again is
   * one map lookup, whatever the number of agents.
   *
   * @param capabilities capability names
   * @return an immutable snapshot
   */
  List<RegisteredAgent> candidates(Set<String> capabilities);
}
