/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Draws one picture from outcomes, ratings, violations and health, with recommendations.
 *
 * <p>Start at {@code dev.arbiter.Arbiter.insight}. A recommendation is data; only the host applies
 * it.
 */
@NullMarked
package dev.arbiter.insight;

import org.jspecify.annotations.NullMarked;
