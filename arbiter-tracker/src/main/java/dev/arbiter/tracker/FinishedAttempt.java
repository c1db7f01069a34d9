/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;

/**
 * How one attempt of one agent ended: what all that looks at attempts is told.
 *
 * @param agent who worked; {@value PerformanceTracker#OTHER} for names beyond the capacity
 * @param taskType at what, empty for work without a type, {@value PerformanceTracker#OTHER} beyond
 *     the capacity
 * @param tenant for whom, {@link dev.arbiter.task.Task#DEFAULT_TENANT} unless said, {@value
 *     PerformanceTracker#OTHER} beyond the capacity
 * @param at when it ended, in event time, to the millisecond
 * @param time how long it took, not negative
 * @param stands whether the work was good enough to stand
 * @param quality how good it is, in [0,1]; 0 when it does not stand
 * @param usage what it used up
 * @param weight how many attempts this one stands for: 1 divided by the share of tasks that is told
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

  /**
   * An attempt that stands for itself only.
   *
   * @param agent who worked
   * @param taskType at what
   * @param tenant for whom
   * @param at when it ended
   * @param time how long it took
   * @param stands whether the work was good enough to stand
   * @param quality how good it is
   * @param usage what it used up
   */
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
