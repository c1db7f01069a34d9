/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.architecture.Unloading;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.tracker.alert.AlertChannel;
import dev.arbiter.tracker.alert.Alerts;
import org.junit.jupiter.api.Test;

class ClassLoaderTest {

  @Test
  void no_thread_of_the_host_holds_the_library_after_its_end() {
    assertThat(Unloading.isCollectedAfter(Host.class)).isTrue();
  }

  /** Records, aggregates and asks on its own thread. */
  public static final class Host implements Runnable {
    @Override
    public void run() {
      Alerts alerts = Alerts.builder().channel(AlertChannel.log()).executor(Runnable::run).build();
      try (PerformanceTracker tracker = PerformanceTracker.builder().listener(alerts).build()) {
        for (int i = 0; i < 1000; i++) {
          tracker.start("ada", "refactor").complete();
        }
        tracker.trends("ada", "", "", Window.SHORT);
      }
    }
  }
}
