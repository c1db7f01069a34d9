/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

/**
 * The result of verifying a log or an exported folder. It is more than yes or no: entries that no
 * held root covers may be genuine, but the log's owner could still rewrite them.
 */
public sealed interface LogVerification {

  /**
   * A signed root covers every entry; with anchors, a root that an anchor holds.
   *
   * @param entries the number of entries
   */
  record Intact(long entries) implements LogVerification {}

  /**
   * No root contradicts the entries, but only the first entries are covered.
   *
   * @param anchored the number of covered entries, at least 0
   * @param entries the number of entries, more than {@code anchored}
   */
  record Unanchored(long anchored, long entries) implements LogVerification {}

  /**
   * An entry or a file was changed, removed or inserted.
   *
   * @param where the file or part that does not fit
   * @param index the entry that it belongs to. If only a root shows the damage, the first entry
   *     that no root proves, and the damage is there or later. Negative if it belongs to no entry
   * @param reason the contradiction
   */
  record Damaged(String where, long index, String reason) implements LogVerification {}

  /** {@return the number of first entries that a root covers; 0 when damaged} */
  default long anchored() {
    if (this instanceof Intact intact) {
      return intact.entries();
    }
    return this instanceof Unanchored unanchored ? unanchored.anchored() : 0;
  }

  /** {@return whether damage was found; true when damaged} */
  default boolean isDamaged() {
    return this instanceof Damaged;
  }

  /** Returns intact if all entries are covered, else unanchored. */
  static LogVerification covered(long anchored, long entries) {
    return anchored == entries ? new Intact(entries) : new Unanchored(anchored, entries);
  }
}
