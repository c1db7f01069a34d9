/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.Usage;
import java.time.Duration;
import java.time.Instant;

/**
 * How one attempt of one agent ended: what all that looks at attempts is told.
 *
 * @param agent who worked
 * @param taskType at what, empty for work without a type
 * @param tenant for whom, {@link dev.arbiter.task.Task#DEFAULT_TENANT} unless said
 * @param at when it ended, in event time
 * @param time how long it took, not negative
 * @param stands whether the work was good enough to stand
 * @param quality how good it is, in [0,1]; 0 when it does not stand
 * @param usage what it used up
 */
public record FinishedAttempt(
    String agent,
    String taskType,
    String tenant,
    Instant at,
    Duration time,
    boolean stands,
    double quality,
    Usage usage) {}
