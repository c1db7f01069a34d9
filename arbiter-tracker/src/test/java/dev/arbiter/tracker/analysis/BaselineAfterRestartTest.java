/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A baseline goes on after a restart with the weeks that it knows. */
class BaselineAfterRestartTest {
  private static final Instant MONDAY = Instant.parse("2026-01-05T00:00:00Z");

  private final SplittableRandom random = new SplittableRandom(7);

  private static Baseline.Builder builder() {
    return Baseline.in(ZoneId.of("Europe/Berlin")).minSamples(2);
  }

  private static Baseline restarted(byte[] snapshot) {
    Baseline baseline = builder().build();
    baseline.restore(snapshot);
    return baseline;
  }

  private Instant moment() {
    return MONDAY.plus(Duration.ofMinutes(random.nextInt(5 * 7 * 24 * 60)));
  }

  private static void assertSame(Baseline one, Baseline other) {
    for (DayOfWeek day : DayOfWeek.values()) {
      for (int hour = 0; hour < 24; hour++) {
        assertThat(other.at(day, hour)).isEqualTo(one.at(day, hour));
      }
    }
    assertThat(other.peak()).isEqualTo(one.peak());
    assertThat(other.offPeak()).isEqualTo(one.offPeak());
    assertThat(other.refused()).isEqualTo(one.refused());
  }

  @Test
  void restarts_change_no_figure() {
    Baseline one = builder().build();
    Baseline other = builder().build();
    for (int i = 0; i < 5_000; i++) {
      Instant at = moment();
      double value = random.nextInt(20) == 0 ? 0 : Math.exp(random.nextDouble(-9, 9));
      one.add(at, value);
      other.add(at, value);
      if (i % 500 == 0) {
        one.add(at, -1);
        other.add(at, -1);
        other = restarted(other.snapshot());
      }
    }

    assertSame(one, restarted(other.snapshot()));
    assertThat(one.at(DayOfWeek.MONDAY, 10)).isInstanceOf(Baseline.Expectation.Known.class);
    assertSame(builder().build(), restarted(builder().build().snapshot()));
  }

  @Test
  void a_baseline_with_values_takes_no_snapshot() {
    Baseline one = builder().build();
    one.add(MONDAY, 1);
    Baseline begun = builder().build();
    begun.add(MONDAY, 2);
    begun.restore(one.snapshot());

    assertThat(begun.at(MONDAY)).isEqualTo(restarted(begun.snapshot()).at(MONDAY));
    assertThat(begun.at(MONDAY)).hasFieldOrPropertyWithValue("samples", 1L);
  }

  @Test
  void a_snapshot_of_another_zone_is_refused_by_both_names() {
    byte[] other = Baseline.in(ZoneId.of("Asia/Tokyo")).build().snapshot();

    assertThatThrownBy(() -> builder().build().restore(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Asia/Tokyo")
        .hasMessageContaining("Europe/Berlin");
  }

  @Test
  void a_damaged_or_newer_snapshot_is_refused() {
    Baseline one = builder().build();
    one.add(MONDAY, 3);
    byte[] good = one.snapshot();
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> restarted(bad)).isInstanceOf(IllegalArgumentException.class);
    }
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThatThrownBy(() -> restarted(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    byte[] newer = good.clone();
    newer[7] = 2;
    assertThatThrownBy(() -> restarted(newer)).hasMessageContaining("version 2");
  }
}
