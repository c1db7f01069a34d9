/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

/**
 * A part of the host whose state the store keeps beside the tasks, such as a router that has
 * learned. The engine finds it among router, constitution, listeners and the parts that were given
 * to the builder.
 *
 * <p>The engine restores the newest snapshot before the first task runs. It takes one about once a
 * minute, and a last one at close. So a crash loses what came after the last snapshot.
 */
public interface Durable {

  /**
   * {@return the name of the state in the store, unique in one arbiter and the same after a
   * restart}
   */
  String durableName();

  /**
   * Takes the state at one moment. Called on a thread of the executor, beside tasks. If it throws,
   * that is logged, and the snapshot before stays.
   *
   * @return the state as bytes, at most 100,000,000; more is not kept, and logged
   */
  byte[] snapshot();

  /**
   * Goes on from a state. Called at most once, before the first task.
   *
   * @param snapshot what {@link #snapshot} returned, perhaps of an older version
   * @throws IllegalArgumentException if it is not of this part; then the arbiter is not built
   */
  void restore(byte[] snapshot);
}
