/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Where tasks wait for a turn; what several nodes share.
 *
 * <p>Threads: called from many threads at once. Order: higher priority first, then first come first
 * served. Crash: a claimed task whose lease ran out is claimed anew, so a task is run at least
 * once, and its token tells a stale holder from the new one.
 */
public interface TaskQueue {

  /**
   * Adds a task.
   *
   * @param task a task with an id
   * @return false if the queue is full, and the task is not in it
   */
  boolean offer(Task task);

  /**
   * Takes tasks, each for a while.
   *
   * @param most at most this many, at least 1
   * @param lease how long the claim holds without being extended
   * @return the claims, empty if nothing waits
   */
  List<Lease> claim(int most, Duration lease);

  /**
   * Holds on to a claim.
   *
   * @param lease the claim
   * @param duration from now
   * @return false if the claim was lost: somebody else may have the task
   */
  boolean extend(Lease lease, Duration duration);

  /**
   * Ends a claim: the task is done with and leaves the queue.
   *
   * @param lease the claim
   * @return false if the claim was lost
   */
  boolean acknowledge(Lease lease);

  /**
   * How many tasks wait, claimed ones not counted.
   *
   * @return at least 0, exact when nobody else works on the queue
   */
  int waiting();

  /**
   * A queue in memory, for one process; nothing is left after a restart.
   *
   * @param capacity most tasks waiting or claimed, at least 1
   * @param nanoTime for leases
   * @return a new queue
   */
  static TaskQueue memory(int capacity, LongSupplier nanoTime) {
    return new MemoryTaskQueue(capacity, nanoTime);
  }

  /**
   * A claim on one task.
   *
   * @param task the task
   * @param token grows with every claim of any task: the fencing token
   */
  record Lease(Task task, long token) {}
}
