/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

/**
 * A range of deleted records.
 *
 * @param from the first number
 * @param to the last number
 * @param prev hash of the record before the range
 * @param last hash of the last deleted record, which the next record names
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
