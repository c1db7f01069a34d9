/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Measures the engine under load that lasts: heap, threads and CPU of many tasks at once.
 *
 * <p>Start at {@link dev.arbiter.bench.load.EngineLoad}; {@code RESULTS.md} has what came out.
 */
@NullMarked
package dev.arbiter.bench.load;

import org.jspecify.annotations.NullMarked;
