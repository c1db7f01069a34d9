/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

/**
 * How a history is doing; every count is since it was opened.
 *
 * @param written records in the files
 * @param waiting records that wait to be written
 * @param dropped records that found the queue full, or came after the close
 * @param failures times that writing, forcing, compressing or deleting old segments failed
 * @param repaired 1 if a record cut by a crash was taken off on opening
 * @param damaged files set aside on opening because they had been changed
 * @param segments files
 * @param bytes their length together
 * @param head the last record written
 */
public record HistoryStats(
    long written,
    int waiting,
    long dropped,
    long failures,
    int repaired,
    int damaged,
    int segments,
    long bytes,
    ChainHead head) {}
