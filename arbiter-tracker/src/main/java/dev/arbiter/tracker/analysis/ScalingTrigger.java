/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import java.time.Instant;

/**
 * A metric stayed at or above its limit: time for more room.
 *
 * @param metric which
 * @param limit from where on more room is needed
 * @param value the last reading
 * @param since the first reading at or above the limit
 */
public record ScalingTrigger(String metric, double limit, double value, Instant since) {}
