/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Tamper-evident files of tracked events.
 *
 * <p>Start at {@link dev.arbiter.tracker.history.History}.
 */
@NullMarked
package dev.arbiter.tracker.history;

import org.jspecify.annotations.NullMarked;
