/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.Arrays;

/** Reads buckets that a {@link Packer} packed, newest first. Not thread-safe. */
public final class Unpacker {
  private final long[] row = new long[Counters.WORDS];
  private byte[] bytes = {};
  private int at;
  private int begin;
  private int end;
  private long tick;
  private long place;

  /** Begins with the newest. */
  void open(byte[] packed) {
    bytes = packed;
    end = 0;
    tick = Packer.FIRST_TICK;
  }

  /** Moves to the next older bucket, if there is one. */
  boolean next() {
    if (end == bytes.length) {
      return false;
    }
    at = end;
    long head = number();
    tick -= head >> 2;
    place = BucketLevels.place((int) head & 3, tick);
    begin = at;
    int length = (bytes[begin] & 0xFF) | (bytes[begin + 1] & 0xFF) << Byte.SIZE;
    end = begin + Packer.LENGTH_BYTES + length;
    return true;
  }

  /** Where this one is. */
  long place() {
    return place;
  }

  /** Hands this one on as it is. */
  void copyTo(Packer packer) {
    packer.copy(place, bytes, begin, end);
  }

  /** Adds this bucket to a sum. */
  void addTo(Accumulator sum) {
    at = begin + Packer.LENGTH_BYTES;
    Arrays.fill(row, 0);
    for (long used = number(); used != 0; used &= used - 1) {
      row[Long.numberOfTrailingZeros(used)] = number();
    }
    sum.addFrom(row);
    int bin = 0;
    while (at < end) {
      int token = (int) number();
      bin += token >>> 1;
      sum.times.add(bin++, (token & 1) == 0 ? 1 : number() + 2);
    }
  }

  private long number() {
    byte first = bytes[at++];
    return first >= 0 ? first : longNumber(first & 0x7F);
  }

  private long longNumber(long lowest) {
    long number = lowest;
    for (int shift = 7; ; shift += 7) {
      byte next = bytes[at++];
      number |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return number;
      }
    }
  }
}
