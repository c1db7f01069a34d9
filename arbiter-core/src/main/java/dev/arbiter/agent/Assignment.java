/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.internal.Digests;
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
 * @param meter takes the usage that the agent adds while it works
 */
public record Assignment(
    Task task, String agent, int attempt, String specDigest, Duration timeLimit, UsageMeter meter) {
  private static final int KEY_LENGTH = 26;

  /**
   * Makes an assignment with a new meter.
   *
   * @param task what is asked
   * @param agent who is asked
   * @param attempt 1 for the first agent tried, 2 for the first fallback
   * @param specDigest the digest of the spec as it was approved
   * @param timeLimit how long the agent may take
   */
  public Assignment(Task task, String agent, int attempt, String specDigest, Duration timeLimit) {
    this(task, agent, attempt, specDigest, timeLimit, new UsageMeter());
  }

  /**
   * {@return a key for effects outside: the same whenever this attempt is run again, as after a
   * crash, and another for any other attempt, task or tenant} Hand it to services that take an
   * idempotency key.
   */
  public String attemptKey() {
    String text = task.tenant() + '\0' + task.id() + '\0' + attempt;
    return "a-" + Digests.sha256Hex(text).substring(0, KEY_LENGTH);
  }

  /**
   * {@return the same assignment with another meter}
   *
   * @param other takes the usage
   */
  public Assignment withMeter(UsageMeter other) {
    return new Assignment(task, agent, attempt, specDigest, timeLimit, other);
  }
}
