/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Runs benchmarks as one, and says which promises they hold.
 *
 * <p>Start at {@link dev.arbiter.bench.bars.Bars}.
 */
@NullMarked
package dev.arbiter.bench.bars;

import org.jspecify.annotations.NullMarked;
