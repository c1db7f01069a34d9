/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Measures each promise of Arbiter beside a named peer, in one run.
 *
 * <p>Start at {@link dev.arbiter.bench.CaptureBenchmark}; read {@code RESULTS.md} for what came
 * out.
 */
@NullMarked
package dev.arbiter.bench;

import org.jspecify.annotations.NullMarked;
