/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a tracker that may lose does while its folding is stalled and all room is used up. */
class LossTest {
  private final StallingClock clock = new StallingClock();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder()
          .sources(new Sources(clock, System::nanoTime, new SplittableRandom(1)))
          .slots(64)
          .spillBytes(0)
          .dropAfter(Duration.ZERO)
          .build();

  @Test
  void counts_exactly_what_it_drops_by_class() throws InterruptedException {
    Thread folding = clock.stall(tracker::flush);
    for (int i = 0; i < 1_000; i++) {
      attempt(1);
      attempt(5);
      attempt(5);
      attempt(8);
    }
    TrackerHealth.Dropped dropped = tracker.health().dropped();
    clock.goOn();
    folding.join();
    tracker.flush();

    assertThat(dropped.total()).isGreaterThan(3_000);
    assertThat(dropped.low() + kept(1)).isEqualTo(1_000);
    assertThat(dropped.normal() + kept(5)).isEqualTo(2_000);
    assertThat(dropped.high() + kept(8)).isEqualTo(1_000);
    assertThat(dropped.critical()).isZero();
    assertThat(tracker.stats().delivered()).isEqualTo(4_000 - dropped.total());
    assertThat(tracker.health().isWell()).isFalse();
  }

  @Test
  void waits_with_what_is_critical_and_loses_none_of_it() throws InterruptedException {
    Thread folding = clock.stall(tracker::flush);
    AtomicLong told = new AtomicLong();
    List<Thread> hosts = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread host =
          new Thread(
              () -> {
                for (int i = 0; i < 500; i++) {
                  tracker.events().validated("ada", "format", "acme", false, 1);
                  told.incrementAndGet();
                  attempt(10);
                }
              });
      host.start();
      hosts.add(host);
    }
    while (tracker.health().waits() < 4) {
      Thread.onSpinWait();
    }
    assertThat(told.get()).isLessThan(2_000);
    clock.goOn();
    folding.join();
    for (Thread host : hosts) {
      host.join();
    }
    tracker.flush();

    assertThat(tracker.health().dropped().total()).isZero();
    assertThat(tracker.events().counts()).containsEntry("constitutional_validation", 4_000L);
    assertThat(kept(10)).isEqualTo(2_000);
  }

  private void attempt(int priority) {
    Task task =
        Task.builder("type-" + priority)
            .id("T-" + Thread.currentThread().getId())
            .priority(priority)
            .build();
    new Story(tracker, task, clock.instant())
        .given("bob")
        .reported(Duration.ZERO, Usage.none())
        .completed(1);
  }

  private long kept(int priority) {
    return tracker.summary("bob", "type-" + priority, Window.LONG).successes();
  }
}
