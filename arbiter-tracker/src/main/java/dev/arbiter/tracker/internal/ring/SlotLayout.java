/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The layout of one event in an array of longs: eight words, one cache line.
 *
 * <p>The first word marks the other seven as readable; it is written last, with release. The
 * meaning of the other words depends on the kind in the {@link EventTag}; their names are those for
 * an attempt.
 */
public final class SlotLayout {
  public static final int WORDS = 8;

  /** The quality of work that was not accepted. */
  public static final double DOES_NOT_STAND = Double.NaN;

  /** The key of an attempt that cannot come twice. */
  public static final long NO_KEY = 0;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int AT = 1;
  private static final int TAG = 2;
  private static final int NANOS = 3;
  private static final int QUALITY = 4;
  private static final int COST = 5;
  private static final int TOKENS = 6;
  private static final int KEY = 7;
  private static final long MOST_TOKENS = 0xFFFF_FFFFL;

  private SlotLayout() {}

  /** Writes an event, still unpublished. */
  public static void write(
      long[] words,
      int slot,
      long tag,
      long at,
      long nanos,
      double quality,
      double cost,
      long tokens,
      long key) {
    words[slot + AT] = at;
    words[slot + TAG] = tag;
    words[slot + NANOS] = nanos;
    words[slot + QUALITY] = Double.doubleToRawLongBits(quality);
    words[slot + COST] = Double.doubleToRawLongBits(cost);
    words[slot + TOKENS] = tokens;
    words[slot + KEY] = key;
  }

  /** Tokens in one word; more than 4,294,967,295 of a kind count as that many. */
  public static long tokens(long input, long output) {
    return Math.min(input, MOST_TOKENS) << 32 | Math.min(output, MOST_TOKENS);
  }

  /** Lets the reader have the slot. */
  static void publish(long[] words, int slot, long mark) {
    WORD.setRelease(words, slot, mark);
  }

  /** Returns whether the slot holds the event published under the mark. */
  static boolean isPublished(long[] words, int slot, long mark) {
    return (long) WORD.getAcquire(words, slot) == mark;
  }

  /** Event time, in milliseconds since 1970. */
  public static long at(long[] words, int slot) {
    return words[slot + AT];
  }

  /** The {@link EventTag}. */
  public static long tag(long[] words, int slot) {
    return words[slot + TAG];
  }

  /** Duration, in nanoseconds. */
  public static long nanos(long[] words, int slot) {
    return words[slot + NANOS];
  }

  /** Quality in [0,1], or {@link #DOES_NOT_STAND}. */
  public static double quality(long[] words, int slot) {
    return Double.longBitsToDouble(words[slot + QUALITY]);
  }

  /** Cost in US dollars. */
  public static double cost(long[] words, int slot) {
    return Double.longBitsToDouble(words[slot + COST]);
  }

  /** Tokens read. */
  public static long inputTokens(long[] words, int slot) {
    return words[slot + TOKENS] >>> 32;
  }

  /** Tokens written. */
  public static long outputTokens(long[] words, int slot) {
    return words[slot + TOKENS] & MOST_TOKENS;
  }

  /** The key for deduplication, or {@link #NO_KEY}. */
  public static long key(long[] words, int slot) {
    return words[slot + KEY];
  }

  /** Takes events out of slots, one thread at a time. */
  public interface Reader {
    /** Is called before the slots of one drain. */
    void begin();

    /** Takes the event in a slot, which is reused afterwards. */
    void read(long[] words, int slot);
  }
}
