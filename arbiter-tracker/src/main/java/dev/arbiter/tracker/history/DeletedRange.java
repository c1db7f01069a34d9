/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

/**
 * Records that were deleted.
 *
 * @param from the first
 * @param to the last
 * @param prev hash of the record before the first
 * @param last hash of the last one: the record after it names it
 */
public record DeletedRange(long from, long to, String prev, String last) {

  /** Whether a receipt for this gap is one for the other, too. */
  boolean covers(DeletedRange other) {
    return from <= other.from
        && other.to <= to
        && (from != other.from || prev.equals(other.prev))
        && (to != other.to || last.equals(other.last));
  }
}
