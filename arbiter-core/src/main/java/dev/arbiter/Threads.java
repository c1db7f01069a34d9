/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Executor and scheduler. Own threads are daemons and end with the arbiter. */
final class Threads {
  private final Executor executor;
  private final ScheduledExecutorService scheduler;
  private final @Nullable ExecutorService own;
  private final boolean ownScheduler;

  Threads(@Nullable Executor executor, @Nullable ScheduledExecutorService scheduler) {
    this.own = executor == null ? Executors.newCachedThreadPool(daemons("arbiter-")) : null;
    this.executor = executor == null ? own() : executor;
    this.ownScheduler = scheduler == null;
    this.scheduler =
        scheduler == null
            ? Executors.newSingleThreadScheduledExecutor(daemons("arbiter-clock-"))
            : scheduler;
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger count = new AtomicInteger();
    return body -> {
      Thread thread = new Thread(body, prefix + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  private ExecutorService own() {
    if (own == null) {
      throw new IllegalStateException("the executor was handed in");
    }
    return own;
  }

  Executor executor() {
    return executor;
  }

  ScheduledExecutorService scheduler() {
    return scheduler;
  }

  void close() {
    if (own != null) {
      own.shutdown();
    }
    if (ownScheduler) {
      scheduler.shutdownNow();
    }
  }
}
