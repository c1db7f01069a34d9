/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.SplittableRandom;

/** A source of noise that a test can foresee. */
final class FixedRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  FixedRandom(long seed) {
    super(new Seeded(seed), null);
  }

  private static final class Seeded extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;
    private final transient SplittableRandom random;

    Seeded(long seed) {
      this.random = new SplittableRandom(seed);
    }

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected void engineNextBytes(byte[] bytes) {
      random.nextBytes(bytes);
    }

    @Override
    protected byte[] engineGenerateSeed(int numBytes) {
      return new byte[numBytes];
    }
  }
}
