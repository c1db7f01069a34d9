/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

/**
 * What came of checking a log or an exported folder. Never one yes or no: entries that no held root
 * covers may be genuine, but whoever owns the log could still rewrite them.
 */
public sealed interface LogVerification {

  /**
   * Every entry is covered by a root that was signed, and held elsewhere where anchors were asked.
   *
   * @param entries how many
   */
  record Intact(long entries) implements LogVerification {}

  /**
   * Nothing contradicts, but only the first entries are covered.
   *
   * @param anchored so many of the first entries are covered, at least 0
   * @param entries how many there are, more than {@code anchored}
   */
  record Unanchored(long anchored, long entries) implements LogVerification {}

  /**
   * Something was changed, removed or slipped in.
   *
   * @param where the file or part that does not fit
   * @param index the entry it belongs to; where only roots tell, the first that no root vouches
   *     for, and the damage is there or after; negative when it belongs to none
   * @param reason what does not fit
   */
  record Damaged(String where, long index, String reason) implements LogVerification {}

  /**
   * How many of the first entries a root covers.
   *
   * @return 0 when damaged
   */
  default long anchored() {
    if (this instanceof Intact intact) {
      return intact.entries();
    }
    return this instanceof Unanchored unanchored ? unanchored.anchored() : 0;
  }

  /**
   * Tells whether something was found that cannot be so.
   *
   * @return true when damaged
   */
  default boolean isDamaged() {
    return this instanceof Damaged;
  }

  /** Covered up to {@code anchored} of {@code entries}. */
  static LogVerification covered(long anchored, long entries) {
    return anchored == entries ? new Intact(entries) : new Unanchored(anchored, entries);
  }
}
