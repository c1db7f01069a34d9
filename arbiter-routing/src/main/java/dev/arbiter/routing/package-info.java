/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Chooses an agent for a task, and gets better at it from outcomes.
 *
 * <p>Start at {@link dev.arbiter.routing.BanditRouter}. A {@link dev.arbiter.routing.BanditPolicy}
 * sees rewards between 0 and 1 and nothing else.
 */
@NullMarked
package dev.arbiter.routing;

import org.jspecify.annotations.NullMarked;
