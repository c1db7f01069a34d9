/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.task.Task;
import java.time.Duration;

/**
 * One attempt at one task, given to one agent.
 *
 * @param task the task
 * @param agent the id of the agent
 * @param attempt 1 for the first agent tried, 2 for the first fallback
 * @param specDigest the digest of the spec as it was approved
 * @param timeLimit the longest time that the agent may take
 */
public record Assignment(
    Task task, String agent, int attempt, String specDigest, Duration timeLimit) {}
