/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Gives tasks to agents, holds them to their working spec, and learns whom to trust.
 *
 * <p>Start at {@link dev.arbiter.Arbiter}.
 */
@NullMarked
package dev.arbiter;

import org.jspecify.annotations.NullMarked;
