/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Takes events from many threads and delivers each to one reader, exactly once.
 *
 * <pre>{@code
 * writers --> Collector.record --> EventRing (one for every few threads)
 *                                    | full
 *                                  Spill (spare chunks) --> Loss, if allowed
 * reader  <-- Collector.drain  <---- both; SlotLayout and EventTag describe a slot
 * }</pre>
 */
@NullMarked
package dev.arbiter.tracker.internal.ring;

import org.jspecify.annotations.NullMarked;
