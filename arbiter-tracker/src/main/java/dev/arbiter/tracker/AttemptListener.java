/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.function.BooleanSupplier;

/**
 * Is told of finished attempts, each exactly once, by one thread at a time, in the order in which
 * they are folded: nearly that of their ends. Attempts that ended for no fault of their agent are
 * not told. Must neither block nor call the tracker; what it throws is counted in {@link
 * TrackerHealth#listenerErrors()}, logged once a minute, and goes no further.
 */
@FunctionalInterface
public interface AttemptListener {
  /**
   * An attempt ended.
   *
   * @param attempt how
   */
  void ended(FinishedAttempt attempt);

  /**
   * This listener, told only while a flag is up.
   *
   * @param flag is asked before each attempt, such as {@code flags::training}
   * @return a listener that asks first
   */
  default AttemptListener when(BooleanSupplier flag) {
    return attempt -> {
      if (flag.getAsBoolean()) {
        ended(attempt);
      }
    };
  }
}
