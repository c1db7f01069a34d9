/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.PerformanceView.Window;
import java.time.Duration;
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

  /** Ten million agents, types and tenants: the heap may hold as much more as 1,000 series take. */
  @Test
  void ten_million_distinct_names_stay_within_the_memory_of_the_capacity() {
    PerformanceTracker tracker = tracker(1_000);
    for (int i = 0; i < 10_000; i++) {
      name(tracker, i);
    }
    tracker.flush();
    long before = heapUsed();

    for (int i = 10_000; i < 10_000_000; i++) {
      name(tracker, i);
    }
    tracker.flush();

    assertThat(heapUsed() - before).isLessThan(2_000_000);
    assertThat(tracker.stats().series()).isEqualTo(1_000);
    assertThat(tracker.stats().delivered()).isEqualTo(10_000_000);
    assertThat(tracker.performance(PerformanceTracker.OTHER, "", WINDOW).count())
        .isEqualTo(10_000_000 - 1_000);
  }

  private static void name(PerformanceTracker tracker, int i) {
    switch (i % 3) {
      case 0 -> tracker.start("agent-" + i, "format", "acme", "").complete();
      case 1 -> tracker.start("ada", "type-" + i, "acme", "").complete();
      default -> tracker.start("ada", "format", "tenant-" + i, "").complete();
    }
  }

  private static long heapUsed() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Test
  void a_flood_of_one_tenant_leaves_the_others_their_series() {
    PerformanceTracker tracker =
        PerformanceTracker.builder()
            .sources(time.sources())
            .capacity(100)
            .tenantCapacity(60)
            .build();
    for (int i = 0; i < 1_000; i++) {
      tracker.start("flood-" + i, "format", "noisy", "").complete();
    }
    for (int i = 0; i < 40; i++) {
      tracker.start("agent-" + i, "format", "quiet", "").complete();
    }

    assertThat(tracker.stats().series()).isEqualTo(100);
    assertThat(tracker.summary("agent-39", "format", "quiet", WINDOW).successes()).isEqualTo(1);
    assertThat(tracker.performance(PerformanceTracker.OTHER, "", WINDOW).count()).isEqualTo(940);
  }

  @Test
  void a_tenant_capacity_below_one_is_refused() {
    assertThatThrownBy(() -> PerformanceTracker.builder().tenantCapacity(0))
        .hasMessageContaining("tracker.tenantCapacity");
  }

  @Test
  void a_new_tenant_of_a_known_type_still_counts_for_agent_and_type() {
    PerformanceTracker tracker = tracker(2);
    for (int i = 0; i < 1_000; i++) {
      tracker.start("ada", "format", "tenant-" + i, "").complete();
    }

    assertThat(tracker.summary("ada", "format", WINDOW).performance().count()).isEqualTo(1_000);
    assertThat(tracker.summary("ada", "format", "tenant-1", WINDOW).successes()).isEqualTo(1);
    assertThat(tracker.summary("ada", "format", "tenant-2", WINDOW).successes()).isZero();
    assertThat(tracker.performance(PerformanceTracker.OTHER, "", WINDOW).count()).isEqualTo(998);
    assertThat(tracker.tenants("ada", "format")).containsExactly("tenant-0", "tenant-1");
  }

  /** "Aa" and "BB" have the same hash, so 1,024 names of ten such pairs have one. */
  @Test
  void names_made_to_collide_count_together_rather_than_slow_everybody() {
    PerformanceTracker tracker = tracker(4_096);
    for (int i = 0; i < 1_024; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 10; bit++) {
        name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      tracker.start(name.toString(), "format").complete();
    }

    assertThat(tracker.stats().series()).isBetween(1, 64);
    assertThat(
            tracker.agents().stream()
                .mapToLong(agent -> tracker.performance(agent, "", WINDOW).count())
                .sum())
        .isEqualTo(1_024);
  }

  @Test
  void a_name_of_more_than_256_characters_counts_with_the_others() {
    PerformanceTracker tracker = tracker(10);

    tracker.start("a".repeat(257), "format").complete();

    assertThat(tracker.performance(PerformanceTracker.OTHER, "", WINDOW).count()).isEqualTo(1);
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
    assertThatThrownBy(() -> builder.tellShare(0)).hasMessageContaining("tracker.tellShare");
    assertThatThrownBy(() -> builder.remember(-1)).hasMessageContaining("tracker.remember");
    assertThatThrownBy(() -> builder.dropAfter(Duration.ofMillis(-1)))
        .hasMessageContaining("tracker.dropAfter");
  }

  private PerformanceTracker tracker(int capacity) {
    return PerformanceTracker.builder().sources(time.sources()).capacity(capacity).build();
  }
}
