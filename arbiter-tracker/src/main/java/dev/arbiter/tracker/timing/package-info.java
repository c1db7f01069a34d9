/* SPDX-License-Identifier: Apache-2.0 */

/**
 * How long agents take on each command line they are called through, kept in a small file.
 *
 * <p>Start at {@link dev.arbiter.tracker.timing.AgentTimings}.
 */
@NullMarked
package dev.arbiter.tracker.timing;

import org.jspecify.annotations.NullMarked;
