/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.alert.Alert;
import dev.arbiter.tracker.alert.AlertChannel;
import dev.arbiter.tracker.alert.Alerts;
import dev.arbiter.tracker.history.History;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The module in a plain program, without an Arbiter: tracker, alerts and history wired together.
 */
class WholeTest {
  private final FakeTime time = new FakeTime();
  private final List<Alert> told = new ArrayList<>();

  @TempDir Path folder;

  @Test
  void an_agent_that_breaks_down_is_told_and_every_attempt_is_in_a_history_that_verifies() {
    Alerts alerts =
        Alerts.builder()
            .sources(time.sources())
            .channel(AlertChannel.callback("pager", told::add))
            .executor(Runnable::run)
            .build();
    History history = History.builder(folder).sources(time.sources()).build();
    PerformanceTracker tracker =
        PerformanceTracker.builder()
            .sources(time.sources())
            .listener(alerts)
            .listener(history)
            .part("alerts", () -> alerts.stats().toString())
            .build();

    try (tracker;
        history) {
      work(tracker, 300, true);
      assertThat(told).isEmpty();
      work(tracker, 30, false);
      tracker.flush();

      assertThat(told).extracting(Alert::kind).contains(Alert.Kind.ERROR_RATE_INCREASE);
      assertThat(told).allSatisfy(alert -> assertThat(alert.key()).contains("ada"));
      assertThat(tracker.health().parts().get("alerts")).contains("pager");
      assertThat(history.flush()).isTrue();
      History.Check check = history.verify();
      assertThat(check.holds()).as("%s", check).isTrue();
      assertThat(check.records()).isEqualTo(330);
    }
  }

  private void work(PerformanceTracker tracker, int attempts, boolean good) {
    for (int i = 0; i < attempts; i++) {
      Execution execution = tracker.start("ada", "refactor");
      time.advance(Duration.ofSeconds(1));
      if (good) {
        execution.complete(.9, Usage.cost(.02));
      } else {
        execution.fail();
      }
      tracker.flush();
    }
  }
}
