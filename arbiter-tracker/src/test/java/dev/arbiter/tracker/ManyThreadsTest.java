/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** 10,000 threads that are alive at once and record 20 attempts each into small rings. */
class ManyThreadsTest {
  private static final int THREADS = 10_000;
  private static final int EACH = 20;
  private static final long SMALL_STACK = 1 << 16;

  private final PerformanceTracker tracker =
      PerformanceTracker.builder().slots(64).spillBytes(1 << 20).build();
  private final CountDownLatch alive = new CountDownLatch(THREADS);

  @Test
  void platform_threads_share_rings_and_lose_nothing() throws InterruptedException {
    long slots = tracker.health().slots();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      Thread thread = new Thread(null, this::work, "many-" + t, SMALL_STACK);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    checkNothingIsLost();
    assertThat(tracker.health().slots()).isEqualTo(slots).isLessThanOrEqualTo(64 * 64);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void virtual_threads_share_rings_and_lose_nothing() throws Exception {
    ExecutorService threads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    List<Future<?>> done = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      done.add(threads.submit(this::work));
    }
    for (Future<?> one : done) {
      one.get();
    }
    threads.shutdown();

    checkNothingIsLost();
  }

  private void work() {
    alive.countDown();
    try {
      alive.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (int i = 0; i < EACH; i++) {
      tracker.start("ada", "format").complete();
    }
  }

  private void checkNothingIsLost() {
    tracker.close();
    TrackerStats stats = tracker.stats();
    assertThat(stats.delivered()).isEqualTo(stats.claimed()).isEqualTo(THREADS * EACH);
    assertThat(stats.dropped()).isZero();
    assertThat(tracker.performance("ada", "format", Window.LONG).count()).isEqualTo(THREADS * EACH);
  }
}
