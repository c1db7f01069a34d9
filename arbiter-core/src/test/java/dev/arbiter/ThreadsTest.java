/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Own threads are daemons and end with the arbiter; threads that were handed in go on. */
class ThreadsTest {
  private final Threads own = new Threads(null, null);

  private static Thread threadOf(Executor executor) {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    executor.execute(() -> thread.complete(Thread.currentThread()));
    return thread.orTimeout(20, TimeUnit.SECONDS).join();
  }

  @Test
  void own_threads_are_daemons_with_names_that_say_whose_they_are() {
    Thread worker = threadOf(own.executor());
    Thread clock = threadOf(own.scheduler());
    own.close();

    assertThat(worker.isDaemon()).isTrue();
    assertThat(worker.getName()).isEqualTo("arbiter-1");
    assertThat(clock.isDaemon()).isTrue();
    assertThat(clock.getName()).isEqualTo("arbiter-clock-1");
  }

  @Test
  void there_are_as_many_own_threads_as_block_at_once() throws Exception {
    CountDownLatch all = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      own.executor()
          .execute(
              () -> {
                all.countDown();
                await(all);
              });
    }

    assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
    own.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void own_threads_end_and_finish_what_they_do() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    CompletableFuture<Boolean> wasInterrupted = new CompletableFuture<>();
    own.executor()
        .execute(
            () -> {
              await(closed);
              wasInterrupted.complete(Thread.currentThread().isInterrupted());
            });

    own.close();
    closed.countDown();

    assertThat(wasInterrupted.get(20, TimeUnit.SECONDS)).isFalse();
    ExecutorService executor = (ExecutorService) own.executor();
    assertThat(executor.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(own.scheduler().awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void an_own_clock_does_nothing_more_after_the_close() {
    own.close();

    assertThat(own.scheduler().isShutdown()).isTrue();
    own.close();
    assertThat(((ExecutorService) own.executor()).isShutdown()).isTrue();
  }

  @Test
  void threads_that_were_handed_in_go_on_after_the_close() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    try {
      Threads given = new Threads(executor, scheduler);
      assertThat(given.executor()).isSameAs(executor);
      assertThat(given.scheduler()).isSameAs(scheduler);

      given.close();

      assertThat(executor.isShutdown()).isFalse();
      assertThat(scheduler.isShutdown()).isFalse();
    } finally {
      executor.shutdownNow();
      scheduler.shutdownNow();
    }
  }

  @Test
  void of_two_that_are_needed_only_the_missing_one_is_made_and_closed() {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      Threads mixed = new Threads(executor, null);
      mixed.close();

      assertThat(executor.isShutdown()).isFalse();
      assertThat(mixed.scheduler().isShutdown()).isTrue();
    } finally {
      executor.shutdownNow();
    }
    ManualScheduler scheduler = new ManualScheduler();
    Threads other = new Threads(null, scheduler);
    other.close();
    assertThat(other.scheduler()).isSameAs(scheduler);
    assertThat(((ExecutorService) other.executor()).isShutdown()).isTrue();
  }
}
