/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/**
 * Is told of finished attempts, each exactly once, by one thread at a time, in the order in which
 * they are folded: nearly that of their ends. Must neither block nor call the tracker; what it
 * throws is counted and goes no further.
 */
@FunctionalInterface
public interface AttemptListener {
  /**
   * An attempt ended.
   *
   * @param attempt how
   */
  void ended(FinishedAttempt attempt);
}
