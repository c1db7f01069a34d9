/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.Task;
import java.time.Duration;

/**
 * One attempt at one task, given to one agent.
 *
 * @param task what is asked
 * @param agent who is asked
 * @param attempt 1 for the first agent tried, 2 for the first fallback
 * @param specDigest the digest of the spec as it was approved
 * @param timeLimit how long the agent may take
 */
public record Assignment(
    Task task, String agent, int attempt, String specDigest, Duration timeLimit) {}
