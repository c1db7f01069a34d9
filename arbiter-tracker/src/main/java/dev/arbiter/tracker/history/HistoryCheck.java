/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

/**
 * Whether a history is as it was written.
 *
 * @param holds whether every record follows the one before, and every gap has its receipt
 * @param upTo the last record up to which that is so
 * @param records how many records are there up to it
 * @param deleted how many were deleted, as receipts say
 * @param problem what is wrong after {@code upTo}; empty when it holds
 */
public record HistoryCheck(
    boolean holds, ChainHead upTo, long records, long deleted, String problem) {}
