/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.PerformanceView.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Threads that are alive at once and record 20 attempts each into small rings: 10,000 virtual ones,
 * or 1,000 of the platform; {@code -Darbiter.threads=10000} for as many of these, which take a
 * while to start.
 */
class ManyThreadsTest {
  private static final int VIRTUAL = 10_000;
  private static final int PLATFORM = Integer.getInteger("arbiter.threads", 1_000);
  private static final int EACH = 20;
  private static final long SMALL_STACK = 1 << 16;

  private final PerformanceTracker tracker =
      PerformanceTracker.builder().slots(64).spillBytes(1 << 20).build();

  @Test
  void platform_threads_share_rings_and_lose_nothing() throws InterruptedException {
    long slots = tracker.health().slots();
    List<Thread> threads = new ArrayList<>();
    CountDownLatch alive = new CountDownLatch(PLATFORM);
    for (int t = 0; t < PLATFORM; t++) {
      Thread thread = new Thread(null, () -> work(alive), "many-" + t, SMALL_STACK);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }

    checkNothingIsLost(PLATFORM);
    assertThat(tracker.health().slots()).isEqualTo(slots).isLessThanOrEqualTo(64 * 64);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void virtual_threads_share_rings_and_lose_nothing() throws Exception {
    ExecutorService threads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    List<Future<?>> done = new ArrayList<>();
    CountDownLatch alive = new CountDownLatch(VIRTUAL);
    for (int t = 0; t < VIRTUAL; t++) {
      done.add(threads.submit(() -> work(alive)));
    }
    for (Future<?> one : done) {
      one.get();
    }
    threads.shutdown();

    checkNothingIsLost(VIRTUAL);
  }

  private void work(CountDownLatch alive) {
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

  private void checkNothingIsLost(int threads) {
    tracker.close();
    PerformanceTracker.Stats stats = tracker.stats();
    assertThat(stats.delivered()).isEqualTo(stats.claimed()).isEqualTo((long) threads * EACH);
    assertThat(stats.dropped()).isZero();
    assertThat(tracker.performance("ada", "format", Window.LONG).count())
        .isEqualTo((long) threads * EACH);
  }
}
