/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** At the limit of 95 percent and its release at 85, one reading a second. */
class GaugeWatchTest {
  private static final AlertLimits LIMITS = Alerts.builder().minSamples(20).limits();
  private final GaugeWatch watch = new GaugeWatch("cpu", () -> 0, LIMITS);
  private final List<Alert> told = new ArrayList<>();
  private Instant now = StillTime.BEGIN;

  private void read(int times, double value) {
    for (int i = 0; i < times; i++) {
      now = now.plusSeconds(1);
      watch.add(value, now, told::add);
    }
  }

  @ParameterizedTest
  @CsvSource({"95, 20, 1", "95, 19, 0", "94.99, 64, 0"})
  void the_limit_itself_is_saturation_when_read_often_enough(double value, int times, int alerts) {
    read(times, value);

    assertThat(told).hasSize(alerts);
  }

  /** 16 of 20 are 3.9 nats over a coin's half, 19 of 20 are 9.9; 6.9 are needed. */
  @ParameterizedTest
  @CsvSource({"16, 0", "19, 1"})
  void most_readings_must_be_above_beyond_chance(int above, int alerts) {
    read(20 - above, 50);
    read(above, 99);

    assertThat(told).hasSize(alerts);
  }

  @ParameterizedTest
  @CsvSource({"97.4, false", "97.5, true"})
  void half_way_from_the_limit_to_the_end_is_critical(double value, boolean critical) {
    read(20, value);

    assertThat(told.get(0).critical()).isEqualTo(critical);
  }

  @Test
  void the_alert_says_between_what_the_readings_were() {
    read(10, 96);
    read(9, 98);
    read(1, 100);

    assertThat(told.get(0).low()).isEqualTo(96);
    assertThat(told.get(0).high()).isEqualTo(100);
    assertThat(told.get(0).value()).isEqualTo((960 + 882 + 100) / 20.0);
  }

  @ParameterizedTest
  @CsvSource({"281, 1", "282, 0"})
  void readings_older_than_five_minutes_do_not_count(int gapSeconds, int alerts) {
    read(19, 99);
    now = now.plusSeconds(gapSeconds);
    read(1, 99);

    assertThat(told).hasSize(alerts);
  }

  @Test
  void readings_of_any_age_end_it() {
    read(20, 99);
    for (int i = 0; i < 20; i++) {
      now = now.plusSeconds(60);
      read(1, 50);
    }

    assertThat(told).extracting(Alert::firing).containsExactly(true, false);
  }

  @Test
  void more_readings_than_are_usual_may_be_wanted() {
    GaugeWatch patient = new GaugeWatch("cpu", () -> 0, Alerts.builder().minSamples(200).limits());
    for (int i = 1; i <= 400; i++) {
      now = now.plusSeconds(1);
      patient.add(i <= 200 ? 99 : 50, now, told::add);
      assertThat(told).hasSize(i < 200 ? 0 : i < 400 ? 1 : 2);
    }
  }

  @ParameterizedTest
  @CsvSource({"85, 1", "84.99, 2"})
  void it_is_over_below_the_release(double value, int alerts) {
    read(20, 99);
    read(20, value);

    assertThat(told).hasSize(alerts);
  }

  @Test
  void half_of_the_readings_below_the_release_do_not_end_it() {
    read(20, 99);
    read(10, 99);
    read(10, 50);
    assertThat(told).hasSize(1);

    read(1, 50);
    assertThat(told).hasSize(2);
    assertThat(told.get(1).firing()).isFalse();
  }

  /** It begins at 20 s, ends, and is on again from 60 s, 40 s after the first was told. */
  @Test
  void what_began_again_within_the_cooldown_is_told_when_that_is_over() {
    read(20, 99);
    read(20, 50);
    read(20, 99);
    assertThat(told).extracting(Alert::firing).containsExactly(true, false);

    read(259, 99);
    assertThat(told).hasSize(2);

    read(1, 99);
    assertThat(told).extracting(Alert::firing).containsExactly(true, false, true);
  }
}
