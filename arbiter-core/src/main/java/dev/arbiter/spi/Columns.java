/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.WorkReport.Usage;
import java.time.Instant;

/**
 * What people and queries want to know of a value in a store, as plain columns. A text is empty,
 * and a number 0, where it does not apply.
 *
 * @param at when the value was made
 * @param tenant the tenant of the task
 * @param task the id of the task; empty if the value is about an agent or the host
 * @param type the type of the task
 * @param state the state of the task or agent
 * @param attempt the attempt, 0 before the first
 * @param agent the agent
 * @param quality the quality of a verdict, 0 to 1
 * @param usage what an attempt used up
 * @param detail one more word or sentence: the cause of a failure, a policy, a verdict with its
 *     digest
 */
public record Columns(
    Instant at,
    String tenant,
    String task,
    String type,
    String state,
    int attempt,
    String agent,
    double quality,
    Usage usage,
    String detail) {
  private static final Columns NONE =
      new Columns(Instant.EPOCH, "", "", "", "", 0, "", 0, Usage.none(), "");

  /** {@return columns of a value about which nothing is known but its key} */
  public static Columns none() {
    return NONE;
  }
}
