/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.summary.WindowSummary;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PercentilesTest {
  private static final double BOUND = 0.03;

  private final FakeTime time = new FakeTime();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).build();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 19, 1_000, 20_000})
  void are_within_three_percent_of_exact_over_times_from_nanoseconds_to_hours(int size) {
    SplittableRandom random = new SplittableRandom(size);
    long[] nanos = new long[size];
    for (int i = 0; i < size; i++) {
      nanos[i] = (long) Math.exp(random.nextDouble() * Math.log(1e13));
      time.advance(Duration.ofMillis(random.nextInt(60)));
      report(i, nanos[i]);
    }
    Arrays.sort(nanos);

    WindowSummary summary = tracker.summary("ada", "format", Window.SHORT);

    Performance performance = summary.performance();
    assertThat(performance.count()).isEqualTo(size);
    assertClose(performance.p50(), nanos, 0.5);
    assertClose(performance.p95(), nanos, 0.95);
    assertClose(performance.p99(), nanos, 0.99);
    assertClose(summary.latency().p999(), nanos, 0.999);
  }

  @Test
  void bear_the_longest_time_there_is() {
    report(0, Long.MAX_VALUE);
    report(1, 0);

    Performance performance = tracker.performance("ada", "format", Window.REALTIME);

    assertThat(performance.p50()).isZero();
    assertThat((double) performance.p99().toNanos()).isCloseTo(0x1p63, within(BOUND * 0x1p63));
  }

  private void report(int i, long nanos) {
    new Story(tracker, "T-" + i, time.now())
        .given("ada")
        .reported(Duration.ofNanos(nanos), Usage.none())
        .completed(1);
  }

  private static void assertClose(Duration actual, long[] sorted, double share) {
    double exact = (double) sorted[(int) Math.ceil(share * sorted.length) - 1];
    assertThat((double) actual.toNanos()).isCloseTo(exact, within(BOUND * exact));
  }
}
