/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Records what every attempt did at almost no cost, and answers from it.
 *
 * <p>Start at {@link dev.arbiter.tracker.PerformanceTracker}: give it to an Arbiter as its
 * listener, or call {@code start} and {@code complete} yourself.
 */
@NullMarked
package dev.arbiter.tracker;

import org.jspecify.annotations.NullMarked;
