/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/**
 * One word that says what a slot holds and where it counts.
 *
 * <p>From the lowest bit: 32 of the track, 4 of the kind, 1 for each of judged and told, 2 of the
 * importance, 16 of the number of violations.
 */
final class Tag {
  /** An attempt that counts for its agent. */
  static final int ATTEMPT = 0;

  /** An attempt that ended for no fault of its agent. */
  static final int EXCUSED = 1;

  /** A score that somebody gave work. */
  static final int EVALUATION = 2;

  /** A check against rules that was no judgement of an attempt. */
  static final int VALIDATION = 3;

  /** A sample of what an agent's process uses. */
  static final int RESOURCES = 4;

  /** The importance of what may not be dropped. */
  static final int CRITICAL = 3;

  /** The importance of what says nothing of its own. */
  static final int NORMAL = 1;

  /** How many importances there are. */
  static final int IMPORTANCES = 4;

  /** How many kinds there are. */
  static final int KINDS = 5;

  /** How many shapes there are: kinds, judged or not. */
  static final int SHAPES = 32;

  private static final int KIND = 32;
  private static final long JUDGED = 1L << 36;
  private static final long TOLD = 1L << 37;
  private static final int IMPORTANCE = 38;
  private static final int VIOLATIONS = 40;
  private static final int MOST_VIOLATIONS = 0xFFFF;

  private Tag() {}

  static long of(int track, int kind, int importance) {
    return track | (long) kind << KIND | (long) importance << IMPORTANCE;
  }

  /** The bits of a judgement, to be added to a tag that has none. */
  static long judged(int violations) {
    return JUDGED | violations(violations);
  }

  static long violations(int count) {
    return (long) Math.min(MOST_VIOLATIONS, Math.max(0, count)) << VIOLATIONS;
  }

  /** The bit that lets listeners know, if they shall. */
  static long told(boolean told) {
    return told ? TOLD : 0;
  }

  static int track(long tag) {
    return (int) tag;
  }

  static int kind(long tag) {
    return (int) (tag >>> KIND) & 0xF;
  }

  /** The kind and whether it was judged, in one number. */
  static int shape(long tag) {
    return (int) (tag >>> KIND) & (SHAPES - 1);
  }

  static int shape(int kind, boolean judged) {
    return kind | (judged ? SHAPES / 2 : 0);
  }

  static boolean isJudged(long tag) {
    return (tag & JUDGED) != 0;
  }

  static boolean isTold(long tag) {
    return (tag & TOLD) != 0;
  }

  static int importance(long tag) {
    return (int) (tag >>> IMPORTANCE) & (IMPORTANCES - 1);
  }

  static int violations(long tag) {
    return (int) (tag >>> VIOLATIONS) & MOST_VIOLATIONS;
  }

  /** The importance of a task's priority: 1 to 3 low, 4 to 6 normal, 7 to 9 high, 10 critical. */
  static int importanceOf(int priority) {
    return (priority - 1) / 3;
  }
}
