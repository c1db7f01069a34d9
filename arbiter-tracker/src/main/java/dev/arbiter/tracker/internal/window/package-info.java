/* SPDX-License-Identifier: Apache-2.0 */

/**
 * Adds events up in sub-windows and answers from them.
 *
 * <pre>{@code
 * slot --> Aggregator --> Tracks, Track      agent, task type, tenant -> Branch
 *                           |
 *                       BucketSeries         one for each Branch that needs its own
 *                        |        |
 *              OpenBucket        ClosedBuckets   bytes, by Packer and Unpacker
 *        Counters, LatencyBins    |
 *                        '--- Accumulator --> WindowSummary (Percentiles)
 *                        '--- TrendFit ----> Trends (LinearFit)
 * WindowSnapshot: all series as bytes, and back
 * BucketLevels: which sub-windows form a window, and their places
 * }</pre>
 */
@NullMarked
package dev.arbiter.tracker.internal.window;

import org.jspecify.annotations.NullMarked;
