/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Chooses an agent for each task, and gets better at it from outcomes.
 *
 * <p>Start at {@link dev.arbiter.routing.BanditRouter}. A policy sees rewards between 0 and 1,
 * dollars and seconds, and nothing else of the work.
 */
@NullMarked
package dev.arbiter.routing;

import org.jspecify.annotations.NullMarked;
