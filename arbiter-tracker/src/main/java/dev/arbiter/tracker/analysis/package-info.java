/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Says what is normal, what got worse, and how much more would fit: figures over days, with
 * intervals, and "insufficient data" where they would be guesses.
 *
 * <p>Start at {@link dev.arbiter.tracker.analysis.Baseline} for what is normal, {@link
 * dev.arbiter.tracker.analysis.RegressionWatch} for what got worse, {@link
 * dev.arbiter.tracker.analysis.Scalability} for capacity. Nothing here has threads or reads a
 * clock; classes that are fed are thread-safe unless they say otherwise.
 */
@NullMarked
package dev.arbiter.tracker.analysis;

import org.jspecify.annotations.NullMarked;
