/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Who does the work: agents, what they declare of themselves, and who is registered.
 *
 * <p>Start at {@link dev.arbiter.agent.Agent} to write one, at {@link
 * dev.arbiter.agent.ProcessAgent} to use a command, at {@link dev.arbiter.agent.AgentRegistry} to
 * see who is there.
 */
@NullMarked
package dev.arbiter.agent;

import org.jspecify.annotations.NullMarked;
