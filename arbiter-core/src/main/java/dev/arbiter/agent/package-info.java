/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Agents, their profiles and their registry.
 *
 * <p>To write an agent, start at {@link dev.arbiter.agent.Agent}; to run a command, at {@link
 * dev.arbiter.agent.ProcessAgent}; to list agents, at {@link dev.arbiter.agent.AgentRegistry}.
 */
@NullMarked
package dev.arbiter.agent;

import org.jspecify.annotations.NullMarked;
