/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

/**
 * How a recorder is doing; every count is since it was made.
 *
 * @param recorded steps that were recorded
 * @param waiting of those, how many wait to be taken
 * @param overwritten of those, how many made room for newer ones before they were taken
 * @param open tasks that go on
 * @param skipped tasks not followed because too many were open
 * @param broken events that did not fit what went before, such as a propensity outside (0,1]; the
 *     step they belong to is left out, or the whole task
 */
public record RecorderStats(
    long recorded, int waiting, long overwritten, int open, long skipped, long broken) {}
