/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import dev.arbiter.spi.TaskQueue;
import java.util.function.LongSupplier;

class MemoryTaskQueueTest extends TaskQueueContract {
  @Override
  protected TaskQueue newQueue(int capacity, LongSupplier nanoTime) {
    return TaskQueue.memory(capacity, nanoTime);
  }
}
