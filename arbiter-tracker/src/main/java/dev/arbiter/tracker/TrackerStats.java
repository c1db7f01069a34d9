/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/**
 * How a tracker is doing; every count is since it was made.
 *
 * @param claimed finished attempts, evaluations, validations and samples that were accepted
 * @param delivered of those, how many were folded; the others wait to be, and none do after a flush
 *     or the close
 * @param spilled of those accepted, how many had to go to spare chunks because a ring was full
 * @param dropped what was not accepted, in all; {@link TrackerHealth#dropped()} has it by class
 * @param late attempts delivered more than the longest window after they happened, which count
 *     nowhere
 * @param doubleCompletions calls that would have ended an {@link Execution} a second time
 * @param corrected figures outside their range, such as a negative duration, that were counted as
 *     the nearest one inside
 * @param series triples of agent, task type and tenant that have a series of their own
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
