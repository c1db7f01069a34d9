/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Measures how well policies of arbiter-routing choose, beside published figures.
 *
 * <p>Start at {@link dev.arbiter.bench.routing.RoutingLab}; {@code RESULTS.md} has what came out.
 */
@NullMarked
package dev.arbiter.bench.routing;

import org.jspecify.annotations.NullMarked;
