/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ExecutionTest {
  private final FakeTime time = new FakeTime();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).build();

  @Test
  void measures_from_start_to_end() {
    Execution execution = tracker.start("ada", "format");
    time.advance(Duration.ofSeconds(2));

    boolean ended = execution.complete(0.5, Usage.cost(0.3));

    Performance performance = performance();
    assertThat(ended).isTrue();
    assertThat(performance.count()).isEqualTo(1);
    assertThat(performance.meanQuality()).isEqualTo(0.5);
    assertThat(performance.cost()).isEqualTo(0.3);
    assertThat(performance.p50().toMillis()).isCloseTo(2_000, within(32L));
  }

  @Test
  void ends_once_and_the_second_end_is_counted_and_ignored() {
    Execution execution = tracker.start("ada", "format");
    execution.fail(Usage.cost(1));

    assertThat(execution.complete()).isFalse();
    assertThat(execution.fail()).isFalse();

    assertThat(performance().count()).isEqualTo(1);
    assertThat(performance().successRate()).isZero();
    assertThat(tracker.stats().doubleCompletions()).isEqualTo(2);
  }

  @Test
  void two_at_the_same_task_at_the_same_moment_are_two() {
    Execution one = tracker.start("ada", "format");
    Execution two = tracker.start("ada", "format");

    one.complete();
    two.fail();

    assertThat(performance().count()).isEqualTo(2);
    assertThat(performance().successRate()).isEqualTo(0.5);
  }

  /** 4 threads end each of 2,000 handles at once. */
  @Test
  void ends_once_however_many_threads_try() throws InterruptedException {
    AtomicInteger ended = new AtomicInteger();
    for (int i = 0; i < 500; i++) {
      Execution execution = tracker.start("ada", "format");
      CountDownLatch go = new CountDownLatch(1);
      Thread[] threads = new Thread[4];
      for (int t = 0; t < threads.length; t++) {
        threads[t] =
            new Thread(
                () -> {
                  go.countDown();
                  if (execution.complete()) {
                    ended.incrementAndGet();
                  }
                });
        threads[t].start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }

    assertThat(ended).hasValue(500);
    assertThat(performance().count()).isEqualTo(500);
    assertThat(tracker.stats().doubleCompletions()).isEqualTo(1_500);
  }

  @Test
  void figures_outside_their_range_are_put_right_and_told() {
    tracker.start("ada", "format").complete(7, Usage.none());
    tracker.start("ada", "format").complete(-1, Usage.none());
    tracker.start("ada", "format").complete(Double.NaN, Usage.none());
    Execution backwards = tracker.start("ada", "format");
    time.setNanosBack(Duration.ofHours(1));
    backwards.complete();

    assertThat(performance().successRate()).isEqualTo(1);
    assertThat(performance().meanQuality()).isEqualTo(0.5);
    assertThat(performance().p99()).isZero();
    assertThat(tracker.stats().corrected()).isEqualTo(4);
  }

  private Performance performance() {
    return tracker.performance("ada", "format", Window.REALTIME);
  }
}
