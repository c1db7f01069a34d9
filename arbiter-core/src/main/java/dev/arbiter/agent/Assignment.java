/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.internal.Digests;
import dev.arbiter.task.Task;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * One attempt at one task, given to one agent.
 *
 * @param task what is asked
 * @param agent who is asked
 * @param attempt 1 for the first agent tried, 2 for the first fallback
 * @param specDigest the digest of the spec as it was approved
 * @param timeLimit how long the agent may take
 * @param meter takes the usage that the agent adds while it works
 * @param directory the folder to work in, empty unless an interceptor gave one; the constitution
 *     judges an assignment without it
 */
public record Assignment(
    Task task,
    String agent,
    int attempt,
    String specDigest,
    Duration timeLimit,
    UsageMeter meter,
    Optional<Path> directory) {
  private static final int KEY_LENGTH = 26;

  /**
   * Makes an assignment without a folder.
   *
   * @param task what is asked
   * @param agent who is asked
   * @param attempt 1 for the first agent tried, 2 for the first fallback
   * @param specDigest the digest of the spec as it was approved
   * @param timeLimit how long the agent may take
   * @param meter takes the usage that the agent adds while it works
   */
  public Assignment(
      Task task,
      String agent,
      int attempt,
      String specDigest,
      Duration timeLimit,
      UsageMeter meter) {
    this(task, agent, attempt, specDigest, timeLimit, meter, Optional.empty());
  }

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
    return new Assignment(task, agent, attempt, specDigest, timeLimit, other, directory);
  }

  /**
   * {@return the same assignment in a folder} For an interceptor that gives each attempt a folder
   * of its own; {@link ProcessAgent} runs its command there.
   *
   * @param folder a folder that is there
   */
  public Assignment withDirectory(Path folder) {
    return new Assignment(task, agent, attempt, specDigest, timeLimit, meter, Optional.of(folder));
  }

  /**
   * {@return the same assignment with less time} For an interceptor that needs some of it.
   *
   * @param shorter the limit, which the engine refuses if it is longer than its own
   */
  public Assignment withTimeLimit(Duration shorter) {
    return new Assignment(task, agent, attempt, specDigest, shorter, meter, directory);
  }
}
