/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The answers of a tracker: {@link dev.arbiter.tracker.summary.WindowSummary} and {@link
 * dev.arbiter.tracker.summary.Trends}.
 */
@NullMarked
package dev.arbiter.tracker.summary;

import org.jspecify.annotations.NullMarked;
