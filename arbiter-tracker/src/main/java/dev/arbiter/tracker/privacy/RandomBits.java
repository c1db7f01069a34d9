/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.security.SecureRandom;

/** Exactly uniform whole numbers from a secure source. Not thread-safe. */
final class RandomBits {
  private static final int BUFFER = 512;
  private static final int MOST_ROUNDS = 256;

  private final SecureRandom random;
  private final byte[] buffer = new byte[BUFFER];
  private int next = BUFFER;

  RandomBits(SecureRandom random) {
    this.random = random;
  }

  boolean bit() {
    return (nextByte() & 1) == 1;
  }

  /**
   * Draws 0 to bound - 1 with equal probability: as many bits as the bound has, again if they
   * exceed it. A source that exceeds it 256 times in a row, probability 1 in 2^256, is broken.
   */
  long below(long bound) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(bound - 1);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      long drawn = bits(bits);
      if (drawn < bound) {
        return drawn;
      }
    }
    throw broken();
  }

  static IllegalStateException broken() {
    return new IllegalStateException("the entropy source is broken: no noise, so no answer");
  }

  private long bits(int count) {
    long drawn = 0;
    for (int have = 0; have < count; have += Byte.SIZE) {
      drawn = drawn << Byte.SIZE | nextByte();
    }
    return drawn & (1L << count) - 1;
  }

  private int nextByte() {
    if (next == BUFFER) {
      random.nextBytes(buffer);
      next = 0;
    }
    int drawn = buffer[next] & 0xff;
    buffer[next++] = 0;
    return drawn;
  }
}
