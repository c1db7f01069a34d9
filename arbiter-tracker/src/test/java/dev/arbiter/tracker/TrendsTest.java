/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.summary.Trends;
import dev.arbiter.tracker.summary.Trends.Direction;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TrendsTest {
  private static final double NONE = 0;

  private final FakeTime time = new FakeTime();
  private PerformanceTracker tracker = tracker();

  @Test
  void rising_latency_is_declining() {
    work(600, i -> 1 + i / 600.0, i -> true, i -> 0.5, i -> 0.1);

    Trends trends = trends();
    assertThat(trends.latency().direction()).isEqualTo(Direction.DECLINING);
    assertThat(trends.latency().change()).isCloseTo(1, within(0.15));
    assertThat(trends.latency().confidence()).isGreaterThan(0.99);
    assertThat(trends.latency().attempts()).isBetween(500L, 600L);
    assertThat(trends.latency().span()).isBetween(Duration.ofMinutes(45), Duration.ofHours(1));
    assertThat(trends.accuracy().direction()).isEqualTo(Direction.STABLE);
    assertThat(trends.quality().direction()).isEqualTo(Direction.STABLE);
    assertThat(trends.cost().direction()).isEqualTo(Direction.STABLE);
  }

  @Test
  void falling_latency_and_cost_and_rising_quality_and_accuracy_are_improving() {
    SplittableRandom random = new SplittableRandom(3);
    work(
        600,
        i -> 2 - i / 600.0,
        i -> random.nextDouble() < 0.3 + 0.6 * i / 600,
        i -> 0.2 + 0.6 * i / 600,
        i -> 1 - 0.5 * i / 600);

    Trends trends = trends();
    assertThat(trends.latency().direction()).isEqualTo(Direction.IMPROVING);
    assertThat(trends.accuracy().direction()).isEqualTo(Direction.IMPROVING);
    assertThat(trends.accuracy().change()).isCloseTo(0.6, within(0.2));
    assertThat(trends.quality().direction()).isEqualTo(Direction.IMPROVING);
    assertThat(trends.quality().change()).isCloseTo(0.6, within(0.1));
    assertThat(trends.cost().direction()).isEqualTo(Direction.IMPROVING);
  }

  @Test
  void falling_accuracy_and_rising_cost_are_declining() {
    SplittableRandom random = new SplittableRandom(4);
    work(
        600,
        i -> 1,
        i -> random.nextDouble() < 0.9 - 0.6 * i / 600,
        i -> 0.5,
        i -> 0.5 + 0.5 * i / 600);

    assertThat(trends().accuracy().direction()).isEqualTo(Direction.DECLINING);
    assertThat(trends().cost().direction()).isEqualTo(Direction.DECLINING);
  }

  /**
   * 400 windows without a trend, seed 5: the bound on the share with one is 1 %; 10 of 400 is 3
   * deviations.
   */
  @Test
  void where_there_is_no_trend_hardly_any_is_seen() {
    SplittableRandom random = new SplittableRandom(5);
    int latencies = 0;
    int accuracies = 0;
    for (int run = 0; run < 400; run++) {
      tracker = tracker();
      work(200, i -> Math.exp(random.nextDouble()), i -> random.nextInt(10) > 2, i -> 1, i -> 1);
      latencies += trends().latency().direction() == Direction.STABLE ? 0 : 1;
      accuracies += trends().accuracy().direction() == Direction.STABLE ? 0 : 1;
    }

    assertThat(latencies).isLessThanOrEqualTo(10);
    assertThat(accuracies).isLessThanOrEqualTo(10);
  }

  @Test
  void a_change_too_small_to_matter_is_stable_however_sure() {
    work(600, i -> 1 + 0.02 * i / 600, i -> true, i -> 0.5 + 0.02 * i / 600, i -> 1);

    assertThat(trends().latency().direction()).isEqualTo(Direction.STABLE);
    assertThat(trends().quality().direction()).isEqualTo(Direction.STABLE);
    assertThat(trends().quality().change()).isCloseTo(0.02, within(0.005));
  }

  @Test
  void too_few_attempts_have_no_trend() {
    work(19, i -> 1 + i, i -> true, i -> 1, i -> 1);

    assertThat(trends().latency().direction()).isEqualTo(Direction.STABLE);
    assertThat(trends().latency().confidence()).isEqualTo(NONE);
    assertThat(trends().latency().attempts()).isEqualTo(19);
  }

  @Test
  void nobody_has_no_trend() {
    Trends.Trend nothing = tracker.trends("eve", "", "", Window.LONG).latency();

    assertThat(nothing).isEqualTo(new Trends.Trend(Direction.STABLE, NONE, NONE, 0, Duration.ZERO));
  }

  @Test
  void attempts_in_no_time_and_for_no_money_have_no_trend_and_no_figure_that_is_none() {
    work(100, i -> 0, i -> false, i -> 1, i -> 0);

    Trends trends = trends();
    assertThat(trends.latency().change()).isEqualTo(NONE);
    assertThat(trends.cost().change()).isEqualTo(NONE);
    assertThat(trends.quality().change()).isEqualTo(NONE);
    assertThat(trends.accuracy().confidence()).isEqualTo(NONE);
  }

  /** What a figure of the i-th attempt is. */
  private interface Figure {
    double of(int i);
  }

  private interface Luck {
    boolean of(int i);
  }

  /** Attempts of an hour, one after the other. */
  private void work(int attempts, Figure seconds, Luck stands, Figure quality, Figure cost) {
    time.advance(Duration.ofDays(30));
    for (int i = 0; i < attempts; i++) {
      time.advance(Duration.ofHours(1).dividedBy(attempts));
      FinishedAttempt ended =
          new FinishedAttempt(
              "ada",
              "format",
              "acme",
              time.now(),
              Duration.ofNanos((long) (seconds.of(i) * 1e9)),
              stands.of(i),
              quality.of(i),
              Usage.cost(cost.of(i)));
      tracker.record("", ended);
    }
  }

  private Trends trends() {
    return tracker.trends("ada", "format", "acme", Window.SHORT);
  }

  private PerformanceTracker tracker() {
    return PerformanceTracker.builder().sources(time.sources()).build();
  }
}
