/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.analysis.Baseline;
import dev.arbiter.tracker.summary.Trends;
import dev.arbiter.tracker.summary.Trends.Direction;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Trends of latencies that depend on those before them: the logarithm is AR(1) with deviation 0.3,
 * or has a daily cycle. Seeds are pinned. A trend without cause may come in one look of a hundred.
 */
class TrendsAutocorrelationTest {
  private static final int LOOKS = 1000;
  private static final double DEVIATION = 0.3;

  private final FakeTime time = new FakeTime();
  private SplittableRandom random = new SplittableRandom(1);
  private PerformanceTracker tracker = tracker();
  private double noise;

  private PerformanceTracker tracker() {
    return PerformanceTracker.builder().sources(time.sources()).build();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 200, SHORT",
    "0, 3000, SHORT",
    "0.5, 200, SHORT",
    "0.5, 600, SHORT",
    "0.5, 3000, SHORT",
    "0.5, 300, REALTIME",
    "0.9, 200, SHORT",
    "0.9, 600, SHORT",
    "0.9, 3000, SHORT",
    "0.9, 300, REALTIME",
    "0.99, 200, SHORT",
    "0.99, 600, SHORT",
    "0.99, 3000, SHORT",
    "0.99, 300, REALTIME",
    "0.9, 600, MEDIUM",
    "0.99, 600, MEDIUM",
    "0.9, 600, LONG",
    "0.99, 600, LONG",
  })
  void a_stationary_latency_has_a_trend_in_at_most_one_look_of_a_hundred(
      double correlation, int attempts, Window window) {
    assertThat(seen(LOOKS, correlation, attempts, window, 0)).isLessThanOrEqualTo(LOOKS / 100);
  }

  /** The correlation lasts for longer than the window: this much remains. */
  @Test
  void a_latency_that_wanders_for_longer_than_the_window_is_believed_in_three_looks_of_a_hundred() {
    assertThat(seen(LOOKS, 0.99, 40, Window.SHORT, 0)).isLessThanOrEqualTo(30);
    assertThat(seen(LOOKS, 0.999, 200, Window.SHORT, 0)).isLessThanOrEqualTo(30);
  }

  /** What the care costs: of 200 windows with a true rise, so many are seen at least. */
  @ParameterizedTest
  @CsvSource({
    "0, 3000, SHORT, 0.1, 160",
    "0, 10000, SHORT, 0.1, 180",
    "0, 600, SHORT, 0.3, 180",
    "0, 300, SHORT, 0.3, 130",
    "0.5, 3000, SHORT, 0.3, 180",
    "0.9, 10000, SHORT, 0.3, 170",
    "0, 3000, MEDIUM, 0.1, 150",
    "0, 3000, LONG, 0.1, 140",
  })
  void a_true_rise_is_seen(
      double correlation, int attempts, Window window, double rise, int least) {
    assertThat(seen(200, correlation, attempts, window, Math.log1p(rise)))
        .isGreaterThanOrEqualTo(least);
  }

  private int seen(int looks, double correlation, int attempts, Window window, double rise) {
    int seen = 0;
    for (int look = 0; look < looks; look++) {
      tracker = tracker();
      noise = DEVIATION * random.nextGaussian();
      time.advance(Duration.ofDays(30).plusMillis(random.nextInt(86_400_000)));
      for (int i = 0; i < attempts; i++) {
        time.advance(window.span().dividedBy(attempts));
        double fresh = Math.sqrt(1 - correlation * correlation) * DEVIATION;
        noise = correlation * noise + fresh * random.nextGaussian();
        record(noise + rise * i / attempts);
      }
      seen += isTrend(trends(window)) ? 1 : 0;
    }
    return seen;
  }

  /** Latency between 0.6 and 1.65 of its mean in a cycle of a day: 25 days, a look each hour. */
  @ParameterizedTest
  @CsvSource({"MEDIUM, 20", "MEDIUM, 200", "LONG, 20", "LONG, 200", "SHORT, 200", "REALTIME, 1000"})
  void a_daily_cycle_is_no_trend_once_a_day_of_it_is_known(Window window, int attemptsAnHour) {
    int seen = 0;
    days(8, attemptsAnHour);
    for (int hour = 0; hour < 25 * 24; hour++) {
      hour(attemptsAnHour);
      seen += isTrend(trends(window)) ? 1 : 0;
    }

    assertThat(seen).isLessThanOrEqualTo(25 * 24 / 100);
  }

  /**
   * Without a day of history an hour of a cycle is a trend like any other, unless it is known.
   * Twenty weeks are in the baseline, a value a minute: its own noise would be a trend, too.
   */
  @Test
  void the_cells_of_a_baseline_take_a_known_cycle_away_from_the_first_hour_on() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).build();
    Instant past = Instant.parse("2025-01-01T00:00:00Z");
    for (int minute = 0; minute < 140 * 24 * 60; minute++) {
      Instant at = past.plus(Duration.ofMinutes(minute));
      baseline.add(at, Math.exp(cycle(at) + DEVIATION * random.nextGaussian()));
    }
    int without = 0;
    int with = 0;
    for (int look = 0; look < 300; look++) {
      tracker = tracker();
      time.advance(Duration.ofDays(30).plusMillis(random.nextInt(86_400_000)));
      hour(1000);
      without += isTrend(trends(Window.SHORT)) ? 1 : 0;
      with += isTrend(trends(Window.SHORT, baseline::typical)) ? 1 : 0;
    }

    assertThat(without).isGreaterThan(60);
    assertThat(with).isLessThanOrEqualTo(9);
  }

  @Test
  void a_rise_of_a_fifth_in_an_hour_is_seen_in_spite_of_a_daily_cycle_that_is_known() {
    int seen = 0;
    for (int look = 0; look < 50; look++) {
      tracker = tracker();
      time.advance(Duration.ofDays(30));
      for (int i = 0; i < 3_000; i++) {
        time.advance(Duration.ofMillis(1_200));
        Instant at = time.now();
        record(cycle(at) + DEVIATION * random.nextGaussian() + 0.2 * i / 3_000);
      }
      seen += isTrend(trends(Window.SHORT, at -> Math.exp(cycle(at)))) ? 1 : 0;
    }

    assertThat(seen).isGreaterThanOrEqualTo(45);
  }

  /** A steady process for a day, then a rise of 30 % within an hour. */
  @Test
  void what_hours_usually_differ_by_hides_no_true_rise() {
    int seen = 0;
    for (int look = 0; look < 20; look++) {
      tracker = tracker();
      for (int i = 0; i < 25 * 600; i++) {
        time.advance(Duration.ofSeconds(6));
        double rise = 0.26 * Math.max(0, i - 24 * 600) / 600;
        record(DEVIATION * random.nextGaussian() + rise);
      }
      seen += isTrend(trends(Window.SHORT)) ? 1 : 0;
    }

    assertThat(seen).isGreaterThanOrEqualTo(17);
  }

  /** Two steady types of work for a day, one ten times as long; then both rise by 30 %. */
  @Test
  void a_true_rise_is_seen_over_all_task_types_of_a_tenant() {
    int seen = 0;
    for (int look = 0; look < 20; look++) {
      tracker = tracker();
      for (int i = 0; i < 25 * 600; i++) {
        time.advance(Duration.ofSeconds(6));
        double rise = 0.26 * Math.max(0, i - 24 * 600) / 600;
        double log = DEVIATION * random.nextGaussian() + rise;
        record(i % 2 == 0 ? "format" : "migrate", i % 2 == 0 ? log : log + Math.log(10));
      }
      seen += isTrend(tracker.trends("ada", "", "acme", Window.SHORT)) ? 1 : 0;
    }

    assertThat(seen).isGreaterThanOrEqualTo(15);
  }

  private void days(int days, int attemptsAnHour) {
    for (int hour = 0; hour < 24 * days; hour++) {
      hour(attemptsAnHour);
    }
  }

  private void hour(int attempts) {
    for (int i = 0; i < attempts; i++) {
      time.advance(Duration.ofHours(1).dividedBy(attempts));
      record(cycle(time.now()) + DEVIATION * random.nextGaussian());
    }
  }

  private static double cycle(Instant at) {
    return 0.5 * Math.sin(2 * Math.PI * at.toEpochMilli() / 86_400_000.0);
  }

  private void record(double log) {
    record("format", log);
  }

  private void record(String type, double log) {
    Duration took = Duration.ofNanos((long) (Math.exp(log) * 1e9));
    tracker.record(
        "", new FinishedAttempt("ada", type, "acme", time.now(), took, true, 1, Usage.none()));
  }

  private Trends trends(Window window) {
    return tracker.trends("ada", "format", "acme", window);
  }

  private Trends trends(Window window, ToDoubleFunction<Instant> usual) {
    return tracker.trends("ada", "format", "acme", window, usual);
  }

  private static boolean isTrend(Trends trends) {
    return trends.latency().direction() != Direction.STABLE;
  }
}
