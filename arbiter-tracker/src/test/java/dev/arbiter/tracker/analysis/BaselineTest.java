/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.arbiter.tracker.analysis.Baseline.Expectation.Insufficient;
import dev.arbiter.tracker.analysis.Baseline.Expectation.Known;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

class BaselineTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Instant MONDAY = Instant.parse("2026-01-05T00:00:00Z");

  @Test
  void tells_the_hours_of_the_week_apart() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).minSamples(12).build();
    fill(baseline, MONDAY, Duration.ofDays(7));

    assertThat(figures(baseline.at(DayOfWeek.MONDAY, 10)).p50())
        .isCloseTo(value(DayOfWeek.MONDAY, 10), withinPercentage(1));
    assertThat(figures(baseline.at(DayOfWeek.SUNDAY, 23)).p50())
        .isCloseTo(value(DayOfWeek.SUNDAY, 23), withinPercentage(1));
    assertThat(figures(baseline.at(MONDAY.plus(Duration.ofMinutes(61)))).p50())
        .isCloseTo(value(DayOfWeek.MONDAY, 1), withinPercentage(1));
    assertThat(figures(baseline.at(DayOfWeek.MONDAY, 10)).samples()).isEqualTo(12);
  }

  @Test
  void says_insufficient_data_before_seven_days() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).minSamples(1).build();
    fill(baseline, MONDAY, Duration.ofDays(6));

    assertThat(baseline.peak())
        .isInstanceOfSatisfying(
            Insufficient.class,
            insufficient -> {
              assertThat(insufficient.reason()).contains("insufficient data").contains("7 days");
              assertThat(insufficient.days()).isEqualTo(6);
              assertThat(insufficient.samples()).isEqualTo(5 * 9 * 12);
            });
    fill(baseline, MONDAY.plus(Duration.ofDays(6)), Duration.ofDays(1));
    assertThat(baseline.peak()).isInstanceOf(Known.class);
  }

  @Test
  void says_insufficient_data_for_an_hour_with_few_values() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).minSamples(13).build();
    fill(baseline, MONDAY, Duration.ofDays(7));

    assertThat(baseline.at(DayOfWeek.MONDAY, 10))
        .isInstanceOfSatisfying(
            Insufficient.class,
            insufficient -> assertThat(insufficient.reason()).contains("13 values"));
    assertThat(baseline.relative(MONDAY, 5)).isEmpty();
    fill(baseline, MONDAY.plus(Duration.ofDays(7)), Duration.ofDays(7));
    Baseline.Figures figures = figures(baseline.at(DayOfWeek.MONDAY, 10));
    assertThat(figures.samples()).isEqualTo(24);
    assertThat(figures.days()).isEqualTo(2);
  }

  @Test
  void knows_peak_and_off_peak() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).build();
    fill(baseline, MONDAY, Duration.ofDays(7));

    assertThat(figures(baseline.peak()).samples()).isEqualTo(5 * 9 * 12);
    assertThat(figures(baseline.offPeak()).samples()).isEqualTo((168 - 45) * 12);
    assertThat(figures(baseline.peak()).min()).isEqualTo(value(DayOfWeek.MONDAY, 9));
    assertThat(figures(baseline.peak()).max()).isEqualTo(value(DayOfWeek.FRIDAY, 17));
    assertThat(figures(baseline.peak()).days()).isEqualTo(7);
  }

  @Test
  void peak_hours_can_be_others() {
    Baseline baseline =
        Baseline.in(ZoneOffset.UTC).peak(EnumSet.of(DayOfWeek.SUNDAY), 0, 24).build();
    fill(baseline, MONDAY, Duration.ofDays(7));

    assertThat(figures(baseline.peak()).samples()).isEqualTo(24 * 12);
  }

  @Test
  void the_hour_that_clocks_leave_out_gets_nothing() {
    Baseline baseline = Baseline.in(BERLIN).minSamples(1).minDays(1).build();
    Instant sunday = LocalDateTime.parse("2026-03-29T00:00:00").atZone(BERLIN).toInstant();
    fill(baseline, sunday, Duration.ofHours(23));

    assertThat(figures(baseline.at(DayOfWeek.SUNDAY, 1)).samples()).isEqualTo(12);
    assertThat(baseline.at(DayOfWeek.SUNDAY, 2)).isInstanceOf(Insufficient.class);
    assertThat(figures(baseline.at(DayOfWeek.SUNDAY, 3)).samples()).isEqualTo(12);
    assertThat(figures(baseline.at(DayOfWeek.SUNDAY, 23)).samples()).isEqualTo(12);
    assertThat(baseline.at(DayOfWeek.MONDAY, 0)).isInstanceOf(Insufficient.class);
  }

  @Test
  void both_passes_of_the_repeated_hour_count_in_its_cell_on_one_day() {
    Baseline baseline = Baseline.in(BERLIN).minSamples(1).minDays(1).build();
    Instant sunday = LocalDateTime.parse("2026-10-25T00:00:00").atZone(BERLIN).toInstant();
    fill(baseline, sunday, Duration.ofHours(25));

    assertThat(figures(baseline.at(DayOfWeek.SUNDAY, 2)).samples()).isEqualTo(24);
    assertThat(figures(baseline.at(DayOfWeek.SUNDAY, 2)).days()).isEqualTo(1);
    assertThat(figures(baseline.at(DayOfWeek.SUNDAY, 3)).samples()).isEqualTo(12);
    assertThat(figures(baseline.at(DayOfWeek.SUNDAY, 23)).samples()).isEqualTo(12);
    assertThat(baseline.at(DayOfWeek.MONDAY, 0)).isInstanceOf(Insufficient.class);
  }

  @Test
  void the_cell_of_a_clock_time_is_the_same_before_and_after_the_change() {
    Baseline baseline = Baseline.in(BERLIN).minSamples(1).minDays(1).build();
    for (String date : new String[] {"2026-03-23", "2026-03-30"}) {
      baseline.add(LocalDateTime.parse(date + "T09:30:00").atZone(BERLIN).toInstant(), 5);
    }

    assertThat(figures(baseline.at(DayOfWeek.MONDAY, 9)).samples()).isEqualTo(2);
  }

  @Test
  void p99_9_is_said_from_a_thousand_values_on() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).minSamples(1).minDays(1).build();
    for (int i = 1; i <= 999; i++) {
      baseline.add(MONDAY, i);
    }
    assertThat(figures(baseline.at(MONDAY)).p999()).isEmpty();
    baseline.add(MONDAY, 1000);

    Baseline.Figures figures = figures(baseline.at(MONDAY));
    assertThat(figures.p999().orElseThrow()).isCloseTo(999, within(10.0));
    assertThat(figures.p95()).isCloseTo(950, withinPercentage(1.1));
    assertThat(figures.p99()).isCloseTo(990, withinPercentage(1.1));
    assertThat(figures.mean()).isCloseTo(500.5, within(1e-9));
    assertThat(figures.deviation()).isCloseTo(288.82, within(0.01));
  }

  @Test
  void a_value_relative_to_its_hour_has_the_hour_taken_out() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).minSamples(12).build();
    fill(baseline, MONDAY, Duration.ofDays(7));
    Instant later = MONDAY.plus(Duration.ofDays(70)).plus(Duration.ofHours(15));

    double usual = value(DayOfWeek.MONDAY, 15);
    assertThat(baseline.relative(later, 1.5 * usual)).hasValueCloseTo(1.5, withinPercentage(1));
  }

  @Test
  void a_median_of_zero_has_no_multiple() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).minSamples(1).minDays(1).build();
    baseline.add(MONDAY, 0);

    assertThat(baseline.relative(MONDAY, 3)).isEmpty();
  }

  @Test
  void figures_that_are_none_are_refused_and_counted() {
    Baseline baseline = Baseline.in(ZoneOffset.UTC).minSamples(1).minDays(1).build();
    baseline.add(MONDAY, -1);
    baseline.add(MONDAY, Double.NaN);
    baseline.add(MONDAY, Double.POSITIVE_INFINITY);

    assertThat(baseline.refused()).isEqualTo(3);
    assertThat(baseline.at(MONDAY)).isInstanceOf(Insufficient.class);
  }

  @Test
  void settings_that_make_no_sense_are_refused_by_name() {
    Baseline.Builder builder = Baseline.in(ZoneOffset.UTC);
    EnumSet<DayOfWeek> days = EnumSet.of(DayOfWeek.MONDAY);

    assertThatThrownBy(() -> builder.minSamples(0)).hasMessageContaining("baseline.minSamples");
    assertThatThrownBy(() -> builder.minDays(0)).hasMessageContaining("baseline.minDays");
    assertThatThrownBy(() -> builder.peak(days, -1, 5)).hasMessageContaining("baseline.peak");
    assertThatThrownBy(() -> builder.peak(days, 5, 5)).hasMessageContaining("baseline.peak");
    assertThatThrownBy(() -> builder.peak(days, 5, 25)).hasMessageContaining("baseline.peak");
  }

  /** A value each 5 minutes that tells which hour of the week it was. */
  private static void fill(Baseline baseline, Instant from, Duration length) {
    for (Instant at = from; at.isBefore(from.plus(length)); at = at.plus(Duration.ofMinutes(5))) {
      baseline.add(at, value(at.atZone(ZoneOffset.UTC).getDayOfWeek(), hour(at)));
    }
  }

  private static int hour(Instant at) {
    return at.atZone(ZoneOffset.UTC).getHour();
  }

  private static double value(DayOfWeek day, int hour) {
    return 100 + 24 * (day.getValue() - 1) + hour;
  }

  private static Baseline.Figures figures(Baseline.Expectation expectation) {
    return expectation.match(
        Known::figures,
        insufficient -> {
          throw new AssertionError(insufficient.reason());
        });
  }
}
