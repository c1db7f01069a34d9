/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.function.BooleanSupplier;

/**
 * Receives finished attempts: each exactly once, from one thread at a time, nearly in the order in
 * which they ended. Attempts that the agent was not at fault for are left out. A listener must
 * neither block nor call the tracker. An exception from it is counted in {@link
 * TrackerHealth#listenerErrors()} and logged once a minute.
 */
@FunctionalInterface
public interface AttemptListener {
  /**
   * Receives one attempt.
   *
   * @param attempt how it ended
   */
  void ended(FinishedAttempt attempt);

  /**
   * Returns a listener that passes attempts on only while a flag is set.
   *
   * @param flag asked before each attempt, such as {@code flags::training}
   * @return the filtered listener
   */
  default AttemptListener when(BooleanSupplier flag) {
    return attempt -> {
      if (flag.getAsBoolean()) {
        ended(attempt);
      }
    };
  }
}
