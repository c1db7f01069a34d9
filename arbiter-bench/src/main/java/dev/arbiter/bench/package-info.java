/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Measures each promise of Arbiter beside a named peer, in one run.
 *
 * <p>Start at {@link dev.arbiter.bench.CaptureBenchmark}. {@code RESULTS.md} holds the results.
 */
@NullMarked
package dev.arbiter.bench;

import org.jspecify.annotations.NullMarked;
