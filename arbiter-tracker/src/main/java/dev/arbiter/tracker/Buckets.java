/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/**
 * Log-linear buckets for times: an octave is 32 of equal width, so a bucket is 1/32 of its lower
 * end wide and its middle at most 1.6 % away from any value in it; below 32 ns they are exact.
 */
final class Buckets {
  static final int OF_OCTAVE = 32;
  static final int COUNT = 59 * OF_OCTAVE;
  private static final int EXACT_BITS = 6;

  private Buckets() {}

  /** The bucket of a value, at least 0. */
  static int of(long nanos) {
    int shift = Math.max(0, Long.SIZE - EXACT_BITS - Long.numberOfLeadingZeros(nanos));
    return shift * OF_OCTAVE + (int) (nanos >>> shift);
  }

  /** The value in the middle of a bucket. */
  static long middle(int bucket) {
    int shift = Math.max(0, bucket / OF_OCTAVE - 1);
    return ((long) (bucket - shift * OF_OCTAVE) << shift) + ((1L << shift) >> 1);
  }
}
