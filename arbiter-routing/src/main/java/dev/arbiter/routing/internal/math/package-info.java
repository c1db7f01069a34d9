/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Arithmetic without a state of its own: distributions, draws from them, special functions.
 *
 * <p>Knows no agent and no task, and nothing else of this library. Where a library has the function
 * and no decision gets slower, it is borrowed: {@code docs/decisions/0021}.
 */
@NullMarked
package dev.arbiter.routing.internal.math;

import org.jspecify.annotations.NullMarked;
