/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.PerformanceView.Window;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlagsTest {
  private final FakeTime time = new FakeTime();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).build();

  @Test
  void switched_off_nothing_is_recorded() {
    tracker.flags().tracking(false);

    Execution execution = tracker.start("ada", "format");
    new Story(tracker, "T-1", time.now()).admitted().given("ada").completed(1);
    tracker.events().registered("ada");
    tracker.events().validated("ada", "format", "acme", false, 3);
    tracker.record("", Attempts.at(time.now()));

    assertThat(execution.complete()).isTrue();
    assertThat(execution.complete()).isTrue();
    assertThat(tracker.stats().claimed()).isZero();
    assertThat(tracker.stats().doubleCompletions()).isZero();
    assertThat(tracker.events().counts().values()).containsOnly(0L);
    assertThat(tracker.agents()).containsExactly(PerformanceTracker.OTHER);
  }

  @Test
  void flipped_while_running_it_counts_what_began_and_ended_while_on() {
    Execution before = tracker.start("ada", "format");
    Story half = new Story(tracker, "T-1", time.now()).given("ada");
    tracker.flags().tracking(false);
    tracker.start("ada", "format").complete();
    tracker.flags().tracking(true);
    half.completed(1);
    before.complete();
    tracker.start("ada", "format").complete();

    assertThat(tracker.performance("ada", "format", Window.REALTIME).count()).isEqualTo(2);
    assertThat(tracker.stats().open()).isZero();
  }

  @Test
  void a_configuration_sets_flags_and_share() {
    TrackerConfig config =
        TrackerConfig.of(
            Map.of("PERFORMANCE_TRACKING_ENABLED", "true", "RL_TRAINING_ENABLED", "true"));
    PerformanceTracker configured = PerformanceTracker.builder().config(config).build();

    assertThat(configured.flags().tracking()).isTrue();
    assertThat(configured.flags().aggregation()).isFalse();
    assertThat(configured.flags().training()).isTrue();
    assertThat(configured.flags().analysis()).isFalse();
  }
}
