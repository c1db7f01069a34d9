/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.tracker.internal.window.RecentKeys;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LateAndTwiceTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private final FakeTime time = new FakeTime();

  @Test
  void an_id_that_comes_again_counts_once() {
    PerformanceTracker tracker = tracker(100);
    for (int i = 0; i < 100; i++) {
      tracker.record("A-" + i, Attempts.at(time.now()));
    }
    for (int i = 0; i < 100; i++) {
      tracker.record("A-" + i, Attempts.at(time.now()));
    }

    assertThat(count(tracker, Window.REALTIME)).isEqualTo(100);
    assertThat(tracker.health().duplicates()).isEqualTo(100);
    assertThat(tracker.stats().delivered()).isEqualTo(200);
  }

  @Test
  void attempts_without_an_id_cannot_come_twice() {
    PerformanceTracker tracker = tracker(100);

    tracker.record("", Attempts.at(time.now()));
    tracker.record("", Attempts.at(time.now()));

    assertThat(count(tracker, Window.REALTIME)).isEqualTo(2);
  }

  @Test
  void an_id_is_remembered_for_at_least_as_many_others_as_was_said() {
    PerformanceTracker tracker = tracker(100);
    tracker.record("first", Attempts.at(time.now()));
    for (int i = 0; i < 100; i++) {
      tracker.record("A-" + i, Attempts.at(time.now()));
    }
    tracker.record("first", Attempts.at(time.now()));
    tracker.flush();
    assertThat(tracker.health().duplicates()).isEqualTo(1);

    for (int i = 100; i < 400; i++) {
      tracker.record("A-" + i, Attempts.at(time.now()));
    }
    tracker.record("first", Attempts.at(time.now()));
    assertThat(count(tracker, Window.REALTIME)).as("forgotten, counts again").isEqualTo(402);
  }

  @Test
  void every_duplicate_within_what_is_remembered_is_found_as_a_set_would() {
    SplittableRandom random = new SplittableRandom(9);
    RecentKeys recent = new RecentKeys(5_000);
    Set<String> all = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      String id = "task-" + random.nextInt(3_000) + "/" + random.nextInt(3);
      assertThat(recent.add(RecentKeys.key(id))).as(id).isEqualTo(all.add(id));
    }
  }

  @Test
  void remembering_none_counts_all() {
    PerformanceTracker tracker = tracker(0);

    tracker.record("A", Attempts.at(time.now()));
    tracker.record("A", Attempts.at(time.now()));

    assertThat(count(tracker, Window.REALTIME)).isEqualTo(2);
  }

  @Test
  void a_late_attempt_counts_where_its_time_puts_it_and_beyond_seven_days_only_as_late() {
    PerformanceTracker tracker = tracker(10);
    time.advance(Duration.ofDays(30));

    tracker.record("A", Attempts.at(time.now().minus(Duration.ofMinutes(30))));
    tracker.record("B", Attempts.at(time.now().minus(Duration.ofDays(6))));
    tracker.record("C", Attempts.at(time.now().minus(Duration.ofDays(8))));

    assertThat(count(tracker, Window.REALTIME)).isZero();
    assertThat(count(tracker, Window.SHORT)).isEqualTo(1);
    assertThat(count(tracker, Window.LONG)).isEqualTo(2);
    assertThat(tracker.health().late()).isEqualTo(1);
  }

  @Test
  void what_makes_no_sense_is_put_right_and_told() {
    PerformanceTracker tracker = tracker(10);

    tracker.record("", Attempts.lasting(time.now(), Duration.ofSeconds(-5)));
    tracker.record("", Attempts.lasting(time.now(), Duration.ofSeconds(Long.MIN_VALUE)));
    tracker.record("", Attempts.lasting(time.now(), Duration.ofSeconds(Long.MAX_VALUE)));
    tracker.record("", Attempts.at(Instant.MIN));
    tracker.record("", Attempts.at(Instant.MAX));

    assertThat(count(tracker, Window.REALTIME)).isEqualTo(4);
    assertThat(tracker.stats().corrected()).isEqualTo(2);
    assertThat(tracker.stats().late()).isEqualTo(1);
  }

  /** In Berlin 2 to 3 o'clock comes not at all on 29 March 2026, and twice on 25 October. */
  @ParameterizedTest
  @ValueSource(strings = {"2026-03-29T00:30", "2026-10-25T00:30"})
  void when_the_clocks_change_an_hour_has_sixty_minutes_all_the_same(String from) {
    ZonedDateTime begin = LocalDateTime.parse(from).atZone(BERLIN);
    time.advance(Duration.between(time.now(), begin.toInstant()));
    PerformanceTracker tracker = tracker(10);
    for (int minute = 0; minute < 240; minute++) {
      tracker.record("", Attempts.at(begin.plusMinutes(minute).toInstant()));
      time.advance(Duration.ofMinutes(1));

      long expected = Math.min(minute + 1, 61);
      assertThat(count(tracker, Window.SHORT)).isBetween(expected - 1, expected + 2);
    }

    assertThat(count(tracker, Window.MEDIUM)).isEqualTo(240);
  }

  private PerformanceTracker tracker(int remembered) {
    return PerformanceTracker.builder().sources(time.sources()).remember(remembered).build();
  }

  private static long count(PerformanceTracker tracker, Window window) {
    return tracker.performance("ada", "format", window).count();
  }
}
