/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import java.time.Instant;
import java.util.List;

/**
 * Proof of a deletion: the same is in the history as a record of type {@code deletion}.
 *
 * @param before records that happened before this were deleted
 * @param deleted how many
 * @param gaps where they were, some of which hold records deleted earlier; empty when there were
 *     none to delete, and then there is no record of it
 * @param head the record that says so, or the last one
 */
public record DeletionReceipt(
    Instant before, long deleted, List<DeletedRange> gaps, ChainHead head) {
  /** Copies. */
  public DeletionReceipt {
    gaps = List.copyOf(gaps);
  }
}
