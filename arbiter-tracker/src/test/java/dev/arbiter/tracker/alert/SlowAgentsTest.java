/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static dev.arbiter.tracker.alert.Alert.Kind.ACCURACY_DROP;
import static dev.arbiter.tracker.alert.Alert.Kind.ERROR_RATE_INCREASE;
import static dev.arbiter.tracker.alert.Alert.Kind.LATENCY_SPIKE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Anomalies of agents with few attempts in five minutes end as those of others do. */
class SlowAgentsTest {
  private static final int SEEDS = 50;

  /** The anomaly begins at one attempt a second; at 60 s nothing would begin within 5 minutes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 12, 60})
  void every_kind_ends_within_400_attempts_at_any_pace(int seconds) {
    for (int seed = 0; seed < SEEDS; seed++) {
      ends(seed, seconds, LATENCY_SPIKE, stream -> stream.medianMillis = 5000);
      ends(seed, seconds, ERROR_RATE_INCREASE, stream -> stream.errors = 0.9);
      ends(seed, seconds, ACCURACY_DROP, stream -> stream.quality = 0.4);
    }
  }

  private static void ends(int seed, int seconds, Alert.Kind kind, Consumer<Stream> cause) {
    Stream stream = new Stream(seed).run(300);
    cause.accept(stream);
    stream.runUntil(kind, true, 200);
    stream.pace = Duration.ofSeconds(seconds);
    healthy(stream);
    stream.runUntil(kind, false, 400);
  }

  private static void healthy(Stream stream) {
    stream.medianMillis = 1000;
    stream.errors = 0.05;
    stream.quality = 0.95;
  }

  @Test
  void the_norm_learns_again_after_the_end() {
    Stream stream = new Stream(1);
    stream.pace = Duration.ofSeconds(12);
    stream.run(300);
    stream.quality = 0.2;
    stream.runUntil(ACCURACY_DROP, true, 200);
    stream.quality = 0.95;
    stream.run(400);
    assertThat(stream.alerts.firing()).isEmpty();

    stream.told.clear();
    stream.quality = 0.2;
    stream.runUntil(ACCURACY_DROP, true, 200);
  }

  /** At the limit of 25 points, as at one attempt a second. */
  @Test
  void a_slow_one_at_just_the_limit_is_not_over_because_of_luck() {
    for (int seconds : new int[] {12, 60}) {
      Stream stream = new Stream(4).run(500);
      stream.errors = 0.32;
      stream.runUntil(ERROR_RATE_INCREASE, true, 3000);
      stream.pace = Duration.ofSeconds(seconds);
      stream.run(3000);

      assertThat(stream.told(ERROR_RATE_INCREASE)).hasSize(1);
      assertThat(stream.alerts.firing()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 60})
  void healthy_slow_agents_raise_no_false_alarm_in_100_000_attempts(int seconds) {
    for (int seed = 0; seed < 5; seed++) {
      Stream stream = new Stream(seed);
      stream.pace = Duration.ofSeconds(seconds);
      stream.errors = 0.1;
      assertThat(stream.run(20_000).told).isEmpty();
    }
  }

  /** 95 attempts are needed, and the longest look is 80. */
  @Test
  void a_steady_quality_of_90_of_100_ends_it_with_the_fewest_samples() {
    Stream stream = steady(new Stream(1, Alerts.builder().minSamples(5)), 0.9);
    stream.run(300);
    stream.quality = 0.5;
    stream.runUntil(ACCURACY_DROP, true, 50);
    stream.quality = 0.9;
    stream.runUntil(ACCURACY_DROP, false, 100);
  }

  /** 3 points below the usual are 12 above the limit: that takes 240 attempts to be sure of. */
  @Test
  void a_level_a_little_worse_than_usual_ends_it_too() {
    Stream stream = steady(new Stream(1), 0.6);
    stream.run(300);
    stream.quality = 0;
    stream.runUntil(ACCURACY_DROP, true, 50);
    stream.quality = 0.57;
    stream.run(200);
    assertThat(stream.alerts.firing()).hasSize(1);

    stream.runUntil(ACCURACY_DROP, false, 100);
  }

  @Test
  void a_level_six_points_worse_than_usual_does_not_end_it() {
    Stream stream = steady(new Stream(1), 0.6);
    stream.run(300);
    stream.quality = 0;
    stream.runUntil(ACCURACY_DROP, true, 50);
    stream.quality = 0.54;
    stream.run(5000);

    assertThat(stream.alerts.firing()).hasSize(1);
  }

  private static Stream steady(Stream stream, double quality) {
    stream.errors = 0;
    stream.quality = quality;
    return stream;
  }
}
