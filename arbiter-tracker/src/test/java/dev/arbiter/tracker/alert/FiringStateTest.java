/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static dev.arbiter.tracker.alert.Alert.Kind.ERROR_RATE_INCREASE;
import static dev.arbiter.tracker.alert.Alert.Kind.LATENCY_SPIKE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When an anomaly is told, and when it is over. */
class FiringStateTest {
  private static final Instant BEGIN = StillTime.BEGIN;

  @Test
  void one_that_lasts_is_told_once() {
    Stream stream = new Stream(1).run(300);
    stream.medianMillis *= 5;
    stream.run(5000);

    assertThat(stream.told(LATENCY_SPIKE)).hasSize(1);
    assertThat(stream.alerts.stats().began()).isEqualTo(1);
  }

  @Test
  void its_key_is_the_same_every_time() {
    Stream stream = new Stream(2).run(300);
    for (int i = 0; i < 3; i++) {
      stream.medianMillis *= 5;
      stream.runUntil(LATENCY_SPIKE, true, 400);
      stream.medianMillis /= 5;
      stream.runUntil(LATENCY_SPIKE, false, 400);
    }

    assertThat(stream.told(LATENCY_SPIKE))
        .hasSize(6)
        .extracting(Alert::key)
        .containsOnly("latency_spike:ada");
  }

  @Test
  void agents_and_kinds_never_share_a_key() {
    assertThat(alert("a:b").key()).isEqualTo("latency_spike:a:b").isNotEqualTo(alert("a").key());
  }

  @Test
  void it_is_over_once_attempts_are_as_usual_again() {
    Stream stream = new Stream(3).run(300);
    stream.errors = 0.8;
    stream.runUntil(ERROR_RATE_INCREASE, true, 60);
    stream.run(200);
    assertThat(stream.told(ERROR_RATE_INCREASE)).hasSize(1);

    stream.errors = 0.05;
    Instant back = stream.time.now();
    Instant over = stream.runUntil(ERROR_RATE_INCREASE, false, 400);

    assertThat(Duration.between(back, over))
        .isBetween(Duration.ofSeconds(20), Duration.ofMinutes(4));
    assertThat(stream.alerts.firing()).noneMatch(alert -> alert.kind() == ERROR_RATE_INCREASE);
  }

  @Test
  void one_at_just_the_limit_is_not_over_because_of_luck() {
    Stream stream = new Stream(4).run(500);
    stream.errors = 0.32;
    stream.runUntil(ERROR_RATE_INCREASE, true, 3000);
    stream.run(3000);

    assertThat(stream.alerts.firing()).isNotEmpty();
    assertThat(stream.told(ERROR_RATE_INCREASE)).hasSize(1);
  }

  @Test
  void what_was_not_told_because_of_the_cooldown_is_told_after_it_if_still_on() {
    FiringState episode = new FiringState(Duration.ofMinutes(5));
    assertThat(episode.begin(alert("ada"))).isPresent();
    assertThat(episode.end(BEGIN.plusSeconds(60))).isPresent();

    Alert again = alert("ada").told(BEGIN.plusSeconds(90));
    assertThat(episode.begin(again)).isEmpty();
    assertThat(episode.isFiring()).isTrue();
    assertThat(episode.stillOn(BEGIN.plusSeconds(299))).isEmpty();
    assertThat(episode.stillOn(BEGIN.plusSeconds(300)))
        .hasValueSatisfying(alert -> assertThat(alert.at()).isEqualTo(BEGIN.plusSeconds(300)));
    assertThat(episode.stillOn(BEGIN.plusSeconds(301))).isEmpty();
  }

  @Test
  void one_that_began_and_ended_within_the_cooldown_is_not_told_at_all() {
    FiringState episode = new FiringState(Duration.ofMinutes(5));
    episode.begin(alert("ada"));
    episode.end(BEGIN.plusSeconds(60));

    assertThat(episode.begin(alert("ada").told(BEGIN.plusSeconds(90)))).isEmpty();
    assertThat(episode.end(BEGIN.plusSeconds(120))).isEmpty();
    assertThat(episode.isFiring()).isFalse();
  }

  @Test
  void the_end_names_when_it_began_and_when_it_ended() {
    FiringState episode = new FiringState(Duration.ofMinutes(5));
    episode.begin(alert("ada"));

    Alert end = episode.end(BEGIN.plusSeconds(60)).orElseThrow();

    assertThat(end.firing()).isFalse();
    assertThat(end.since()).isEqualTo(BEGIN);
    assertThat(end.at()).isEqualTo(BEGIN.plusSeconds(60));
  }

  @Test
  void a_clock_that_steps_back_does_not_silence_an_agent() {
    for (int hours : new int[] {-1, 1}) {
      Stream stream = new Stream(5).run(300);
      stream.medianMillis *= 5;
      stream.runUntil(LATENCY_SPIKE, true, 60);
      stream.medianMillis /= 5;
      stream.runUntil(LATENCY_SPIKE, false, 400);

      stream.time.stepWall(Duration.ofHours(hours));
      stream.run(20);
      stream.medianMillis *= 5;
      stream.runUntil(LATENCY_SPIKE, true, 60);
      assertThat(stream.told(LATENCY_SPIKE)).hasSize(3);
    }
  }

  @Test
  void relearning_ends_it_and_makes_the_new_the_usual() {
    Stream stream = new Stream(6).run(300);
    stream.medianMillis *= 5;
    stream.run(100);
    assertThat(stream.alerts.firing()).hasSize(1);

    stream.alerts.relearn("ada");
    assertThat(stream.alerts.firing()).isEmpty();
    assertThat(stream.told).last().matches(alert -> !alert.firing());

    stream.run(5000);
    assertThat(stream.alerts.firing()).isEmpty();
  }

  private static Alert alert(String agent) {
    return new Alert(LATENCY_SPIKE, agent, true, false, BEGIN, BEGIN, "p50", 5, 1, 4, 6, 20);
  }
}
