/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.Arrays;

/** Packs buckets into bytes, newest first. Reused; not thread-safe. */
public final class Packer {
  /*
   * A bucket becomes
   *
   *   the ticks by which it begins before the previous one, times four, plus its level
   *   the length of the rest, in two bytes
   *   a bit for each figure that is not zero, and those figures
   *   for each bin hit: the number of empty bins before it, times two, plus one if it was hit
   *   more than once; then the count, less two
   *
   * Whole numbers take seven bits a byte, lowest first (LEB128). Doubles are written the same way
   * with their bytes reversed, which makes 0 and 3.0 short. A handful of attempts takes 15 to 40
   * bytes.
   */
  static final long FIRST_TICK = 1L << 32;
  static final int LENGTH_BYTES = 2;
  private static final int LONGEST = 10;

  private byte[] bytes = new byte[512];
  private int size;
  private long tick;
  private int nextBin;
  private final long[] row = new long[Counters.WORDS];

  /** A double as a whole number, which is small if the fraction is short. */
  static long word(double figure) {
    return Long.reverseBytes(Double.doubleToRawLongBits(figure));
  }

  /** The double of a whole number. */
  static double figure(long word) {
    return Double.longBitsToDouble(Long.reverseBytes(word));
  }

  /** Begins anew. */
  void clear() {
    size = 0;
    tick = FIRST_TICK;
  }

  /** Packs a sum. */
  void put(long place, Accumulator sum) {
    putPlace(place);
    int begin = size + LENGTH_BYTES;
    size = begin;
    putFigures(sum);
    nextBin = 0;
    sum.times.forEach(this::putBin);
    bytes[begin - 2] = (byte) (size - begin);
    bytes[begin - 1] = (byte) ((size - begin) >>> Byte.SIZE);
  }

  /** Takes over a sub-window, its length included, as it is. */
  void copy(long place, byte[] from, int begin, int end) {
    putPlace(place);
    makeRoom(end - begin);
    System.arraycopy(from, begin, bytes, size, end - begin);
    size += end - begin;
  }

  /** All that was packed. */
  byte[] bytes() {
    return Arrays.copyOf(bytes, size);
  }

  private void putPlace(long place) {
    long begin = BucketLevels.tick(place);
    put((tick - begin) << 2 | BucketLevels.level(place));
    makeRoom(LENGTH_BYTES);
    tick = begin;
  }

  private void putFigures(Counters figures) {
    figures.writeTo(row);
    int used = 0;
    for (int i = 0; i < row.length; i++) {
      used |= row[i] == 0 ? 0 : 1 << i;
    }
    put(used);
    for (long word : row) {
      if (word != 0) {
        put(word);
      }
    }
  }

  private void putBin(int bin, long count) {
    int empty = bin - nextBin;
    nextBin = bin + 1;
    put(count == 1 ? 2 * empty : 2 * empty + 1);
    if (count != 1) {
      put(count - 2);
    }
  }

  private void put(long number) {
    makeRoom(LONGEST);
    long rest = number;
    while ((rest & -0x80L) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  private void makeRoom(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
    }
  }
}
