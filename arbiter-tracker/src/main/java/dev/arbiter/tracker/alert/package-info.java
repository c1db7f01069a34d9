/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Tells somebody when an agent, or what it runs on, is suddenly worse than it used to be.
 *
 * <p>Start at {@link dev.arbiter.tracker.alert.Alerts}: it looks at finished attempts, judgements
 * and gauges; an {@link dev.arbiter.tracker.alert.AlertChannel} carries the word.
 */
@NullMarked
package dev.arbiter.tracker.alert;

import org.jspecify.annotations.NullMarked;
