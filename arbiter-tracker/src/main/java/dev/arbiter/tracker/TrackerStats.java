/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/**
 * How a tracker is doing; every count is since it was made.
 *
 * @param claimed finished attempts that were accepted
 * @param delivered of those, how many are in the windows; the others wait to be folded, and none do
 *     after a flush or the close
 * @param spilled of those accepted, how many had to go to spare chunks because a ring was full
 * @param dropped attempts that were not accepted: they came after the close, or while tens of
 *     thousands of tasks were open that never ended
 * @param late attempts delivered more than the longest window after they happened, which count
 *     nowhere
 * @param doubleCompletions calls that would have ended an {@link Execution} a second time
 * @param corrected figures outside their range, such as a negative duration, that were counted as
 *     the nearest one inside
 * @param series pairs of agent and task type that have a series of their own
 * @param open attempts of tasks that began and did not end yet; those of {@link Execution} are not
 *     known to the tracker before they end
 */
public record TrackerStats(
    long claimed,
    long delivered,
    long spilled,
    long dropped,
    long late,
    long doubleCompletions,
    long corrected,
    int series,
    int open) {}
