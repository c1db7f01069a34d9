/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;

/**
 * How one attempt of one agent ended.
 *
 * @param agent the agent's id; {@value PerformanceTracker#OTHER} for names beyond the capacity
 * @param taskType the type of task, empty for work without one, {@value PerformanceTracker#OTHER}
 *     beyond the capacity
 * @param tenant the tenant, default {@link dev.arbiter.task.Task#DEFAULT_TENANT}, {@value
 *     PerformanceTracker#OTHER} beyond the capacity
 * @param at when it ended, in event time, to the millisecond
 * @param time its duration, not negative
 * @param stands whether the work was accepted
 * @param quality in [0,1]; 0 when the work was not accepted
 * @param usage what the attempt used
 * @param weight how many attempts this one represents: 1 divided by the share of tasks that
 *     listeners receive
 */
public record FinishedAttempt(
    String agent,
    String taskType,
    String tenant,
    Instant at,
    Duration time,
    boolean stands,
    double quality,
    Usage usage,
    double weight) {

  /** Creates an attempt of weight 1. */
  public FinishedAttempt(
      String agent,
      String taskType,
      String tenant,
      Instant at,
      Duration time,
      boolean stands,
      double quality,
      Usage usage) {
    this(agent, taskType, tenant, at, time, stands, quality, usage, 1);
  }
}
