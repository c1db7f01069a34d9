/* SPDX-License-Identifier: Apache-2.0 */
/** Benchmarks of parts of the engine that are not public. */
@NullMarked
package dev.arbiter;

import org.jspecify.annotations.NullMarked;
