/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Window;
import org.junit.jupiter.api.Test;

class CapacityTest {
  private static final Window WINDOW = Window.REALTIME;
  private final FakeTime time = new FakeTime();

  @Test
  void a_million_distinct_agents_stay_within_the_capacity() {
    PerformanceTracker tracker = tracker(100);
    for (int i = 0; i < 1_000_000; i++) {
      tracker.start("agent-" + i, "format").complete();
    }

    assertThat(tracker.stats().series()).isEqualTo(100);
    assertThat(tracker.agents()).hasSize(101);
    assertThat(tracker.performance("agent-99", "format", WINDOW).count()).isEqualTo(1);
    assertThat(tracker.performance("agent-100", "format", WINDOW).count()).isZero();
    assertThat(tracker.performance(PerformanceTracker.OTHER, "", WINDOW).count())
        .isEqualTo(999_900);
  }

  @Test
  void a_new_type_of_a_known_agent_still_counts_for_the_agent() {
    PerformanceTracker tracker = tracker(2);
    for (int i = 0; i < 1_000; i++) {
      tracker.start("ada", "type-" + i).complete();
    }

    assertThat(tracker.performance("ada", "", WINDOW).count()).isEqualTo(1_000);
    assertThat(tracker.performance("ada", "type-1", WINDOW).count()).isEqualTo(1);
    assertThat(tracker.performance("ada", "type-2", WINDOW).count()).isZero();
    assertThat(tracker.performance(PerformanceTracker.OTHER, "", WINDOW).count()).isEqualTo(998);
    assertThat(tracker.taskTypes("ada")).containsExactly("type-0", "type-1");
  }

  @Test
  void an_agent_named_like_the_overflow_counts_there() {
    PerformanceTracker tracker = tracker(2);

    tracker.start(PerformanceTracker.OTHER, "format").complete();

    assertThat(tracker.performance(PerformanceTracker.OTHER, "", WINDOW).count()).isEqualTo(1);
    assertThat(tracker.stats().series()).isZero();
  }

  @Test
  void limits_that_make_no_sense_are_refused_by_name() {
    PerformanceTracker.Builder builder = PerformanceTracker.builder();

    assertThatThrownBy(() -> builder.capacity(0)).hasMessageContaining("tracker.capacity");
    assertThatThrownBy(() -> builder.slots(63)).hasMessageContaining("tracker.slots");
    assertThatThrownBy(() -> builder.spillBytes(-1)).hasMessageContaining("tracker.spillBytes");
  }

  private PerformanceTracker tracker(int capacity) {
    return PerformanceTracker.builder().sources(time.sources()).capacity(capacity).build();
  }
}
