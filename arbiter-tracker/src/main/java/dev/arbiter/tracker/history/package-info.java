/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Keeps what was tracked in files that show when somebody changed them.
 *
 * <p>Start at {@link dev.arbiter.tracker.history.History}.
 */
@NullMarked
package dev.arbiter.tracker.history;

import org.jspecify.annotations.NullMarked;
