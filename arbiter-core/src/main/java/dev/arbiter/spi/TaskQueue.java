/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The queue of waiting tasks. Several nodes may share one.
 *
 * <p>Threads: called from many threads at once. Order: higher priority first; within a priority, in
 * the order of arrival. Crash: a claimed task whose lease expired can be claimed again, so a task
 * runs at least once. Its token tells a stale holder from the new one.
 */
public interface TaskQueue {

  /**
   * Adds a task.
   *
   * @param task a task with an id
   * @return false if the queue is full and did not add the task
   */
  boolean offer(Task task);

  /**
   * Claims tasks, each for the length of a lease.
   *
   * @param most the most tasks to claim, at least 1
   * @param lease how long the claim lasts unless extended
   * @return the claims, empty if no task waits
   */
  List<Lease> claim(int most, Duration lease);

  /**
   * Extends a claim.
   *
   * @param lease the claim
   * @param duration from now
   * @return false if the claim was lost: another node may have the task
   */
  boolean extend(Lease lease, Duration duration);

  /**
   * Ends a claim and removes the task from the queue.
   *
   * @param lease the claim
   * @return false if the claim was lost
   */
  boolean acknowledge(Lease lease);

  /**
   * {@return the number of waiting tasks without claimed ones; exact while no other thread uses the
   * queue}
   */
  int waiting();

  /**
   * {@return a new queue in memory, for one process; it is empty after a restart}
   *
   * @param capacity the most tasks waiting or claimed, at least 1
   * @param nanoTime the nano clock for leases
   */
  static TaskQueue memory(int capacity, LongSupplier nanoTime) {
    return new MemoryTaskQueue(capacity, nanoTime);
  }

  /**
   * A claim on one task.
   *
   * @param task the task
   * @param token the fencing token; it grows with every claim of any task
   */
  record Lease(Task task, long token) {}
}
