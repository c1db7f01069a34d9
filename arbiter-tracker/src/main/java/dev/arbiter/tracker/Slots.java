/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.Usage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How one finished attempt lies in an array of longs: eight words, as long as a cache line.
 *
 * <p>The first word tells whether the other seven can be read; it is written last, with release.
 */
final class Slots {
  static final int WORDS = 8;

  /** The quality of work that does not stand. */
  static final double DOES_NOT_STAND = Double.NaN;

  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private static final int AT = 1;
  private static final int TRACK = 2;
  private static final int NANOS = 3;
  private static final int QUALITY = 4;
  private static final int COST = 5;
  private static final int INPUT_TOKENS = 6;
  private static final int OUTPUT_TOKENS = 7;

  private Slots() {}

  static void write(
      long[] words, int slot, int track, long at, long nanos, double quality, Usage usage) {
    words[slot + AT] = at;
    words[slot + TRACK] = track;
    words[slot + NANOS] = nanos;
    words[slot + QUALITY] = Double.doubleToRawLongBits(quality);
    words[slot + COST] = Double.doubleToRawLongBits(usage.cost());
    words[slot + INPUT_TOKENS] = usage.inputTokens();
    words[slot + OUTPUT_TOKENS] = usage.outputTokens();
  }

  /** Lets the reader have the slot. */
  static void publish(long[] words, int slot, long mark) {
    WORD.setRelease(words, slot, mark);
  }

  /** Tells whether the slot holds what was published under the mark. */
  static boolean isPublished(long[] words, int slot, long mark) {
    return (long) WORD.getAcquire(words, slot) == mark;
  }

  static long at(long[] words, int slot) {
    return words[slot + AT];
  }

  static int track(long[] words, int slot) {
    return (int) words[slot + TRACK];
  }

  static long nanos(long[] words, int slot) {
    return words[slot + NANOS];
  }

  static double quality(long[] words, int slot) {
    return Double.longBitsToDouble(words[slot + QUALITY]);
  }

  static double cost(long[] words, int slot) {
    return Double.longBitsToDouble(words[slot + COST]);
  }

  static long inputTokens(long[] words, int slot) {
    return words[slot + INPUT_TOKENS];
  }

  static long outputTokens(long[] words, int slot) {
    return words[slot + OUTPUT_TOKENS];
  }

  /** Takes finished attempts out of slots, one thread at a time. */
  interface Reader {
    /** Is called before the slots of one drain. */
    void begin();

    /** Takes the attempt in a slot; the slot is not its own afterwards. */
    void read(long[] words, int slot);
  }
}
