/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Clocks and randomness, injected.
 *
 * <p>Only this class of Arbiter reads the machine's clocks or entropy; the build refuses any other.
 * Tests and replays pass sources of their own.
 *
 * @param clock wall-clock time, for display and calendar windows
 * @param nanoTime nanoseconds for durations; only differences count
 * @param random gives seeds and ids; used under a lock, so it need not be thread-safe
 */
public record Sources(InstantSource clock, LongSupplier nanoTime, RandomGenerator random) {

  /** {@return the machine's clocks and a random source seeded from its entropy} */
  public static Sources system() {
    return system(new SecureRandom().nextLong());
  }

  /**
   * {@return the machine's clocks and a random source with a fixed seed}
   *
   * @param seed the seed
   */
  public static Sources system(long seed) {
    return new Sources(InstantSource.system(), System::nanoTime, new SplittableRandom(seed));
  }

  /** {@return a new secure random source, for keys and unpredictable noise} */
  public static SecureRandom entropy() {
    return new SecureRandom();
  }
}
