/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

/**
 * Log-linear bins of times. An octave has 32 bins of equal width, so a bin is 1/32 of its lower end
 * wide, and its middle is at most 1.6 % from any value in it. Below 32 ns bins are exact.
 */
public final class LatencyBins {
  static final int OF_OCTAVE = 32;
  static final int COUNT = 59 * OF_OCTAVE;
  private static final int EXACT_BITS = 6;

  private LatencyBins() {}

  /** The bin of a value, at least 0. */
  static int of(long nanos) {
    int shift = Math.max(0, Long.SIZE - EXACT_BITS - Long.numberOfLeadingZeros(nanos));
    return shift * OF_OCTAVE + (int) (nanos >>> shift);
  }

  /** The value in the middle of a bin. */
  static long middle(int bin) {
    int shift = Math.max(0, bin / OF_OCTAVE - 1);
    return ((long) (bin - shift * OF_OCTAVE) << shift) + ((1L << shift) >> 1);
  }
}
