/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.Arrays;

/** Packs sub-windows into bytes, the newest first; used again and again, not thread-safe. */
public final class Packer {
  /*
   * A sub-window becomes
   *
   *   how many ticks it begins before the one before, times four, plus its level
   *   the length of what follows, in two bytes
   *   which figures are not zero, a bit for each, and those
   *   for each bin hit: how many before it were not, times two, plus one if it was hit more than
   *   once; and then how often, less two
   *
   * Whole numbers take seven bits a byte, the lowest first (LEB128); so do doubles with their bytes
   * turned round, which makes 0 and 3.0 short. A handful of attempts takes 15 to 40 bytes.
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

  /** Packs what a sum holds. */
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
