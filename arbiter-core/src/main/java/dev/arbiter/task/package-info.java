/* SPDX-License-Identifier: Apache-2.0 */

/**
 * The values that travel the line of one task: what is asked, who was chosen, what came back, how
 * it was judged, how it ended.
 *
 * <p>Everything here is immutable and may be shared between threads. Nothing here knows the engine.
 */
@NullMarked
package dev.arbiter.task;

import org.jspecify.annotations.NullMarked;
