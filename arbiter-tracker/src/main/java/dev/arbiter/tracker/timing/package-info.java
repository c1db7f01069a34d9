/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The time that agents take on each command line, kept in a small file.
 *
 * <p>Start at {@link dev.arbiter.tracker.timing.AgentTimings}.
 */
@NullMarked
package dev.arbiter.tracker.timing;

import org.jspecify.annotations.NullMarked;
