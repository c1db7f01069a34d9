/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.summary.WindowSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlidingWindowsTest {
  private static final Duration MILLI = Duration.ofMillis(1);

  private final FakeTime time = new FakeTime();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).build();

  @ParameterizedTest
  @CsvSource({"REALTIME, PT10S", "SHORT, PT2M", "MEDIUM, PT1H", "LONG, PT6H"})
  void an_attempt_stays_for_the_span_and_one_sub_window_at_most(Window window, Duration cell) {
    attempt();

    time.advance(window.span().plus(cell).minus(MILLI));
    assertThat(count(window)).isEqualTo(1);
    time.advance(MILLI);
    assertThat(count(window)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"REALTIME, PT10S", "SHORT, PT2M", "MEDIUM, PT1H", "LONG, PT6H"})
  void an_attempt_late_in_a_sub_window_stays_for_the_whole_span(Window window, Duration cell) {
    time.advance(cell.minus(MILLI));
    attempt();

    time.advance(window.span());
    assertThat(count(window)).isEqualTo(1);
    time.advance(MILLI);
    assertThat(count(window)).isZero();
  }

  @Test
  void every_window_always_agrees_with_a_plain_list_over_three_weeks() {
    SplittableRandom random = new SplittableRandom(7);
    List<Window> windows = List.of(Window.values());
    List<Instant> all = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      time.advance(
          Duration.ofMillis(random.nextLong(random.nextInt(20) == 0 ? 9_000_000 : 20_000)));
      if (random.nextInt(3) > 0) {
        attempt();
        all.add(time.now());
      }
      Window window = windows.get(random.nextInt(4));

      assertThat(count(window)).as("%s at step %d", window, i).isEqualTo(counted(all, window));
    }
    assertThat(Duration.between(FakeTime.BEGIN, time.now())).isGreaterThan(Duration.ofDays(7));
  }

  @Test
  void late_and_unordered_attempts_go_where_their_time_puts_them() {
    time.advance(Duration.ofDays(30));
    List<Instant> all = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(8);
    for (int i = 0; i < 2_000; i++) {
      Instant at = time.now().minusMillis(random.nextLong(Window.LONG.span().toMillis()));
      all.add(at);
      new Story(tracker, "T-" + i, at)
          .given("ada")
          .reported(Duration.ZERO, Usage.none())
          .completed(1);
    }

    for (Window window : Window.values()) {
      assertThat(count(window)).as(window.name()).isEqualTo(counted(all, window));
    }
    assertThat(tracker.stats().late()).isZero();
  }

  /**
   * Seed 12: figures, not only numbers of attempts, whose order of arrival is within a day of the
   * order of their times, while time goes on and windows are asked in between.
   */
  @Test
  void figures_of_attempts_that_come_out_of_order_agree_with_plain_sums() {
    SplittableRandom random = new SplittableRandom(12);
    List<Window> windows = List.of(Window.values());
    List<FinishedAttempt> all = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      time.advance(Duration.ofMillis(random.nextLong(60_000)));
      long late = random.nextInt(3) == 0 ? random.nextLong(1L << random.nextInt(10, 27)) : 0;
      FinishedAttempt attempt =
          new FinishedAttempt(
              "ada",
              "format",
              "acme",
              time.now().minusMillis(late),
              Duration.ofMillis(random.nextInt(32)),
              random.nextInt(4) > 0,
              random.nextInt(5) / 4.0,
              new Usage(random.nextInt(1_000), i, random.nextInt(8) / 8.0, Duration.ZERO));
      all.add(attempt);
      tracker.record("", attempt);
      if (i % 50 == 49) {
        Window window = windows.get(random.nextInt(4));
        assertSame(window, all.stream().filter(a -> counts(a.at(), window)).toList());
      }
    }
  }

  private void assertSame(Window window, List<FinishedAttempt> attempts) {
    WindowSummary summary = tracker.summary("ada", "format", "acme", window);
    List<FinishedAttempt> good = attempts.stream().filter(FinishedAttempt::stands).toList();

    assertThat(summary.performance().count()).isEqualTo(attempts.size());
    assertThat(summary.successes()).isEqualTo(good.size());
    assertThat(summary.performance().cost())
        .isEqualTo(attempts.stream().mapToDouble(a -> a.usage().cost()).sum());
    assertThat(summary.inputTokens())
        .isEqualTo(attempts.stream().mapToLong(a -> a.usage().inputTokens()).sum());
    assertThat(summary.outputTokens())
        .isEqualTo(attempts.stream().mapToLong(a -> a.usage().outputTokens()).sum());
    assertThat(summary.performance().meanQuality() * good.size())
        .isEqualTo(good.stream().mapToDouble(FinishedAttempt::quality).sum(), within(1e-6));
    long[] nanos = attempts.stream().mapToLong(a -> a.time().toNanos()).sorted().toArray();
    double median = (double) nanos[(nanos.length - 1) / 2];
    assertThat((double) summary.performance().p50().toNanos())
        .isCloseTo(median, within(0.016 * median));
    assertThat(tracker.trends("ada", "format", "acme", window).cost().attempts())
        .isEqualTo(attempts.size());
  }

  @Test
  void an_attempt_later_than_the_longest_window_is_counted_as_late_only() {
    time.advance(Duration.ofDays(30));

    new Story(tracker, "T-1", time.now().minus(Duration.ofDays(8))).given("ada").completed(1);
    new Story(tracker, "T-2", Instant.MIN).given("ada").completed(1);

    assertThat(count(Window.LONG)).isZero();
    assertThat(tracker.stats().late()).isEqualTo(2);
    assertThat(tracker.stats().delivered()).isEqualTo(2);
  }

  @Test
  void an_attempt_from_the_future_counts_as_now() {
    new Story(tracker, "T-1", time.now().plus(Duration.ofDays(400))).given("ada").completed(1);
    new Story(tracker, "T-2", Instant.MAX).given("ada").completed(1);

    assertThat(count(Window.REALTIME)).isEqualTo(2);
    time.advance(Duration.ofSeconds(310));
    assertThat(count(Window.REALTIME)).isZero();
  }

  @Test
  void a_clock_set_back_an_hour_neither_hides_what_was_nor_stops_the_windows() {
    attempt();
    time.setBack(Duration.ofHours(1));
    attempt();
    assertThat(count(Window.REALTIME)).isEqualTo(2);

    time.advance(Duration.ofSeconds(200));
    attempt();
    assertThat(count(Window.REALTIME)).isEqualTo(3);

    time.advance(Duration.ofSeconds(110));
    assertThat(count(Window.REALTIME)).isEqualTo(1);
    assertThat(count(Window.SHORT)).isEqualTo(3);
  }

  @Test
  void a_clock_set_forward_an_hour_moves_the_windows_on() {
    attempt();
    time.setForward(Duration.ofHours(1));
    attempt();

    assertThat(count(Window.REALTIME)).isEqualTo(1);
    assertThat(count(Window.SHORT)).isEqualTo(2);
  }

  @Test
  void a_clock_that_trembles_changes_nothing() {
    for (int i = 0; i < 100; i++) {
      time.setBack(Duration.ofSeconds(5));
      attempt();
      time.setForward(Duration.ofSeconds(5));
      attempt();
    }

    assertThat(count(Window.REALTIME)).isEqualTo(200);
    time.advance(Duration.ofSeconds(310));
    assertThat(count(Window.REALTIME)).isZero();
  }

  @Test
  void all_types_together_are_the_sum_of_the_types() {
    tracker.start("ada", "format").complete();
    tracker.start("ada", "lint").fail();
    tracker.start("ada", "").complete();

    Performance all = tracker.performance("ada", "", Window.REALTIME);

    assertThat(all.count()).isEqualTo(3);
    assertThat(all.successRate()).isEqualTo(2 / 3.0);
    assertThat(tracker.performance("ada", "lint", Window.REALTIME).count()).isEqualTo(1);
    assertThat(tracker.taskTypes("ada")).containsExactly("format", "lint");
  }

  @Test
  void who_is_unknown_has_no_performance() {
    attempt();

    assertThat(tracker.performance("eve", "format", Window.LONG)).isSameAs(Performance.none());
    assertThat(tracker.performance("ada", "bake", Window.LONG)).isSameAs(Performance.none());
  }

  private void attempt() {
    tracker.start("ada", "format").complete();
  }

  private long count(Window window) {
    return tracker.performance("ada", "format", window).count();
  }

  private long counted(List<Instant> all, Window window) {
    return all.stream().filter(at -> counts(at, window)).count();
  }

  /** What the javadoc promises, said another way: sub-windows that end after the span began. */
  private boolean counts(Instant at, Window window) {
    long cell =
        switch (window) {
          case REALTIME -> 10_000;
          case SHORT -> 120_000;
          case MEDIUM -> 3_600_000;
          case LONG -> 21_600_000;
        };
    long begin = time.now().toEpochMilli() - window.span().toMillis();
    return (at.toEpochMilli() / cell + 1) * cell > begin;
  }
}
