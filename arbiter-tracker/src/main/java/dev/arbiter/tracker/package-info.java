/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Records how every attempt of every agent ended, at almost no cost, and answers questions about
 * it.
 *
 * <p>Start at {@link dev.arbiter.tracker.PerformanceTracker}: add it to an Arbiter as its listener,
 * or call {@code start} and {@code complete} directly. The path of an event:
 *
 * <pre>{@code
 * TaskEvent                     Execution, HostEvents, record()
 *     |                                    |
 * TaskAttempts (attempts of tasks)         |
 *     +---------------> Ingest <-----------+      resolves the Track, stamps the time
 *                          |
 *                      Collector                  internal.ring: rings, spare chunks
 *                          |  one thread at a time
 *                      Aggregator                 internal.window
 *                       |       |
 *              BucketSeries   ListenerDispatch -> AttemptListener (alerts, history, ...)
 *                       |
 *   PerformanceTracker.summary() -> WindowSummary
 * }</pre>
 */
@NullMarked
package dev.arbiter.tracker;

import org.jspecify.annotations.NullMarked;
