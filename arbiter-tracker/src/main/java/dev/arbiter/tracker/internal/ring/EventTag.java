/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

/**
 * One word with the kind and the track of an event.
 *
 * <p>From the lowest bit: 32 of the track, 4 of the kind, 1 each for judged and told, 2 of the
 * importance, 16 of the number of violations. "Told" events are passed to listeners.
 */
public final class EventTag {
  /** An attempt that counts for its agent. */
  public static final int ATTEMPT = 0;

  /** An attempt that ended for no fault of its agent. */
  public static final int EXCUSED = 1;

  /** A score of an agent's work. */
  public static final int EVALUATION = 2;

  /** A check against rules that was no judgement of an attempt. */
  public static final int VALIDATION = 3;

  /** A sample of what an agent's process uses. */
  public static final int RESOURCES = 4;

  /** The importance of events that are never dropped. */
  public static final int CRITICAL = 3;

  /** The importance of events without one of their own. */
  public static final int NORMAL = 1;

  /** How many importances there are. */
  static final int IMPORTANCES = 4;

  /** How many kinds there are. */
  public static final int KINDS = 5;

  /** How many shapes there are: kinds, judged or not. */
  public static final int SHAPES = 32;

  private static final int KIND = 32;
  private static final long JUDGED = 1L << 36;
  private static final long TOLD = 1L << 37;
  private static final int IMPORTANCE = 38;
  private static final int VIOLATIONS = 40;
  private static final int MOST_VIOLATIONS = 0xFFFF;

  private EventTag() {}

  /** A tag without a judgement and without listeners. */
  public static long of(int track, int kind, int importance) {
    return track | (long) kind << KIND | (long) importance << IMPORTANCE;
  }

  /** The bits of a judgement, to be added to a tag without one. */
  public static long judged(int violations) {
    return JUDGED | violations(violations);
  }

  /** The bits of a number of violations; more than 65,535 count as that many. */
  public static long violations(int count) {
    return (long) Math.min(MOST_VIOLATIONS, Math.max(0, count)) << VIOLATIONS;
  }

  /** The bit that lets listeners know, if they shall. */
  public static long told(boolean told) {
    return told ? TOLD : 0;
  }

  /** The id of the track. */
  public static int track(long tag) {
    return (int) tag;
  }

  /** The kind, such as {@link #ATTEMPT}. */
  public static int kind(long tag) {
    return (int) (tag >>> KIND) & 0xF;
  }

  /** The kind and whether it was judged, in one number. */
  public static int shape(long tag) {
    return (int) (tag >>> KIND) & (SHAPES - 1);
  }

  /** The shape of a kind. */
  public static int shape(int kind, boolean judged) {
    return kind | (judged ? SHAPES / 2 : 0);
  }

  /** Returns whether the attempt was judged. */
  public static boolean isJudged(long tag) {
    return (tag & JUDGED) != 0;
  }

  /** Returns whether listeners receive the attempt. */
  public static boolean isTold(long tag) {
    return (tag & TOLD) != 0;
  }

  static int importance(long tag) {
    return (int) (tag >>> IMPORTANCE) & (IMPORTANCES - 1);
  }

  /** The number of violations. */
  public static int violations(long tag) {
    return (int) (tag >>> VIOLATIONS) & MOST_VIOLATIONS;
  }

  /** The importance of a task's priority: 1 to 3 low, 4 to 6 normal, 7 to 9 high, 10 critical. */
  public static int importanceOf(int priority) {
    return (priority - 1) / 3;
  }
}
