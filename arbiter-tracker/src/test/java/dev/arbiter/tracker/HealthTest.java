/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class HealthTest {
  private final FakeTime time = new FakeTime();

  @Test
  void tells_depth_lag_and_time_since_the_last_flush() {
    PerformanceTracker tracker = PerformanceTracker.builder().sources(time.sources()).build();
    tracker.start("ada", "format").complete();
    tracker.start("ada", "format").complete();
    time.advance(Duration.ofSeconds(12));

    TrackerHealth waiting = tracker.health();
    tracker.flush();
    time.advance(Duration.ofSeconds(3));
    TrackerHealth flushed = tracker.health();

    assertThat(waiting.waiting()).isEqualTo(2);
    assertThat(waiting.lag()).isEqualTo(Duration.ofSeconds(12));
    assertThat(waiting.isWell()).isFalse();
    assertThat(flushed.waiting()).isZero();
    assertThat(flushed.lag()).isZero();
    assertThat(flushed.sinceFlush()).isEqualTo(Duration.ofSeconds(3));
    assertThat(flushed.isWell()).isTrue();
    assertThat(flushed.slots()).isGreaterThanOrEqualTo(1024);
    assertThat(flushed.spillLimit()).isEqualTo(16 << 20);
  }

  @Test
  void tells_the_state_of_other_parts_even_of_one_that_throws() {
    PerformanceTracker tracker =
        PerformanceTracker.builder()
            .part("alerts", () -> "2 channels, 1 failing")
            .part(
                "export",
                () -> {
                  throw new IllegalStateException("gone");
                })
            .build();

    assertThat(tracker.health().parts())
        .containsExactly(
            entry("alerts", "2 channels, 1 failing"),
            entry("export", "unknown: java.lang.IllegalStateException: gone"));
  }

  @Test
  void what_one_thread_left_behind_is_folded_by_another_within_a_second_of_work()
      throws InterruptedException {
    PerformanceTracker tracker = PerformanceTracker.builder().sources(time.sources()).build();
    for (int t = 0; t < 16; t++) {
      Thread left = new Thread(() -> tracker.start("bob", "format").complete());
      left.start();
      left.join();
    }
    time.advance(Duration.ofSeconds(2));

    for (int i = 0; i < 256; i++) {
      tracker.start("ada", "format").complete();
    }

    assertThat(tracker.health().waiting()).isLessThan(16);
    assertThat(tracker.health().lag()).isLessThan(Duration.ofSeconds(1));
  }
}
