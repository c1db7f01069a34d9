/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.agent.RegisteredAgent.Status;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The registered agents.
 *
 * <p>Thread-safe. Every list it returns is an immutable snapshot. It never returns an {@link
 * Agent}: only a task that the constitution admitted reaches one.
 */
public interface AgentRegistry {

  /**
   * Adds an agent. It takes work, unless the store keeps that an agent of this id was taken out of
   * service ({@link #setStatus}): then it has that status.
   *
   * @param profile its profile
   * @param agent does the work
   * @throws IllegalStateException if the id is taken
   */
  void register(AgentProfile profile, Agent agent);

  /**
   * Adds an agent that holds no thread while it works.
   *
   * @param profile its profile
   * @param agent does the work
   * @throws IllegalStateException if the id is taken
   */
  void registerAsync(AgentProfile profile, AsyncAgent agent);

  /**
   * Replaces the profile of an agent. Its running tasks continue.
   *
   * @param profile the new profile, with the same id
   * @throws IllegalArgumentException if no agent has that id
   */
  void update(AgentProfile profile);

  /**
   * Sets the status of an agent. Tasks that wait for an agent that becomes OFFLINE or MAINTENANCE
   * are routed again; its running tasks continue.
   *
   * <p>A store that outlives the process keeps DRAINING, OFFLINE, MAINTENANCE and LIMITED until
   * another status is set or the agent is retired, also over a restart. It keeps them with the next
   * batch, some milliseconds after this method has returned, or when it comes back if it is away.
   * AVAILABLE and BUSY are true for the moment and are not kept; nor are profiles.
   *
   * @param id the agent
   * @param status the new status; LIMITED set here has no end, see {@link #limit}
   * @throws IllegalArgumentException if no agent has that id
   */
  void setStatus(String id, Status status);

  /**
   * Notes that an agent has reached its usage limit: it takes no work until then, and takes work
   * again by itself. The engine does so when an agent fails with cause QUOTA. Has no effect on an
   * agent that is DRAINING, OFFLINE or in MAINTENANCE; a later end takes the place of an earlier.
   *
   * @param id the agent
   * @param until when its limit ends
   * @throws IllegalArgumentException if no agent has that id
   */
  void limit(String id, Instant until);

  /**
   * Notes that an agent is alive; the host or the agent itself calls it. From its first beat on the
   * agent is watched: one that stops is isolated and restarted, as {@code
   * dev.arbiter.ArbiterBuilder.recovery} says. Costs a map lookup.
   *
   * @param id the agent
   * @throws IllegalArgumentException if no agent has that id
   */
  void heartbeat(String id);

  /**
   * Removes an agent; one that is registered later under its id takes work. Tasks that wait for it
   * are routed again; its running tasks continue.
   *
   * @param id the agent
   * @throws IllegalArgumentException if no agent has that id
   */
  void retire(String id);

  /**
   * {@return a snapshot of an agent, or empty if no agent has that id}
   *
   * @param id the agent
   */
  Optional<RegisteredAgent> find(String id);

  /** {@return an immutable snapshot of all agents, in order of registration} */
  List<RegisteredAgent> all();

  /**
   * The agents that take work and have every one of the capabilities, in order of registration.
   *
   * <p>The answer for a set of capabilities is cached until the registry changes: the next call
   * costs one map lookup, independent of the number of agents.
   *
   * @param capabilities capability names
   * @return an immutable snapshot
   */
  List<RegisteredAgent> candidates(Set<String> capabilities);
}
