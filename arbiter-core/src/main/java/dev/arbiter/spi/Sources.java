/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Time and chance, handed in.
 *
 * <p>{@link #system()} is the only place in Arbiter that reads a clock or entropy; the build
 * refuses any other. A test, or a replay, makes its own.
 *
 * @param clock wall-clock time, for display and calendar windows
 * @param nanoTime for durations; only differences mean anything
 * @param random where seeds and ids come from; used under a lock, need not be thread-safe
 */
public record Sources(InstantSource clock, LongSupplier nanoTime, RandomGenerator random) {

  /**
   * The machine's clocks, and a random source seeded from its entropy.
   *
   * @return new sources
   */
  public static Sources system() {
    return system(new SecureRandom().nextLong());
  }

  /**
   * The machine's clocks, and a random source with a fixed seed.
   *
   * @param seed the seed
   * @return new sources
   */
  public static Sources system(long seed) {
    return new Sources(InstantSource.system(), System::nanoTime, new SplittableRandom(seed));
  }

  /**
   * Entropy for keys and for noise that must not be foreseen.
   *
   * @return a new secure random source
   */
  public static SecureRandom entropy() {
    return new SecureRandom();
  }
}
