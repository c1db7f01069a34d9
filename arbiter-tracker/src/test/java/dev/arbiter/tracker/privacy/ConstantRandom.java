/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.Arrays;

/** A broken source: the same byte for ever. */
final class ConstantRandom extends SecureRandom {
  private static final long serialVersionUID = 1L;

  ConstantRandom(int value) {
    super(new Constant((byte) value), null);
  }

  private static final class Constant extends SecureRandomSpi {
    private static final long serialVersionUID = 1L;
    private final byte value;

    Constant(byte value) {
      this.value = value;
    }

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected void engineNextBytes(byte[] bytes) {
      Arrays.fill(bytes, value);
    }

    @Override
    protected byte[] engineGenerateSeed(int numBytes) {
      return new byte[numBytes];
    }
  }
}
