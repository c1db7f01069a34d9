/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import java.time.Instant;
import java.util.List;

/**
 * Proof of a deletion. The history holds the same as a record of type {@code deletion}.
 *
 * @param before records from before this time were deleted
 * @param deleted how many
 * @param gaps their ranges, which may include records deleted earlier; empty when there was nothing
 *     to delete, and then there is no record of it
 * @param head the record of the deletion, or else the last record
 */
public record DeletionReceipt(
    Instant before, long deleted, List<DeletedRange> gaps, ChainHead head) {
  /** Copies the lists. */
  public DeletionReceipt {
    gaps = List.copyOf(gaps);
  }
}
