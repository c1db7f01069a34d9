/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Streak.Turn;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Failures in a row, and what follows from them. */
class StreakTest {
  private static final long SECOND = 1_000_000_000L;

  private final Streak streak =
      new Streak(new Ejection(3, Duration.ofSeconds(1), Duration.ofSeconds(5)));

  private void fail(int times, long began) {
    for (int i = 1; i < times; i++) {
      assertThat(streak.ended(true, began)).isEqualTo(Turn.NOTHING);
    }
    assertThat(streak.ended(true, began)).isEqualTo(Turn.EJECT);
  }

  @Test
  void a_success_breaks_the_row() {
    assertThat(streak.ended(true, 0)).isEqualTo(Turn.NOTHING);
    assertThat(streak.ended(true, 0)).isEqualTo(Turn.NOTHING);
    assertThat(streak.ended(false, 0)).isEqualTo(Turn.NOTHING);
    fail(3, 0);
  }

  @Test
  void pauses_double_up_to_the_longest_and_begin_anew_after_a_success() {
    long at = 10 * SECOND;
    for (long expected : new long[] {1, 2, 4, 5, 5}) {
      assertThat(streak.eject(at)).isEqualTo(expected * SECOND);
      assertThat(streak.isProbing()).isTrue();
      at += 60 * SECOND;
    }
    assertThat(streak.ended(false, at)).isEqualTo(Turn.RECOVERED);
    assertThat(streak.isProbing()).isFalse();
    assertThat(streak.eject(at)).isEqualTo(SECOND);
  }

  @Test
  void a_probe_that_fails_ejects_at_once_and_calls_of_before_count_for_nothing() {
    long unused = streak.eject(10 * SECOND);
    assertThat(streak.ended(true, 10 * SECOND - 1)).isEqualTo(Turn.NOTHING);
    assertThat(streak.ended(false, 10 * SECOND - 1)).isEqualTo(Turn.NOTHING);
    assertThat(streak.isProbing()).isTrue();
    assertThat(streak.ended(true, 10 * SECOND)).isEqualTo(Turn.EJECT);
  }

  @Test
  void a_host_that_looked_lets_it_begin_anew() {
    long unused = streak.eject(10 * SECOND);
    streak.reset();
    assertThat(streak.isProbing()).isFalse();
    fail(3, 20 * SECOND);
    assertThat(streak.eject(20 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void pauses_of_years_do_not_overflow() {
    Duration base = Duration.ofDays(250);
    Streak patient = new Streak(new Ejection(1, base, Duration.ofDays(365)));
    for (int i = 0; i < 80; i++) {
      assertThat(patient.eject(i)).isEqualTo((i == 0 ? base : Duration.ofDays(365)).toNanos());
    }
    assertThatThrownBy(() -> new Ejection(1, base, Duration.ofDays(366)))
        .hasMessageContaining("at most a year");
  }

  @Test
  void an_agent_that_must_stay_is_told_once_until_it_succeeds_or_a_host_looks() {
    assertThat(streak.staysFirst()).isTrue();
    assertThat(streak.staysFirst()).isFalse();
    assertThat(streak.ended(true, 0)).isEqualTo(Turn.NOTHING);
    assertThat(streak.staysFirst()).isFalse();
    assertThat(streak.ended(false, 0)).isEqualTo(Turn.NOTHING);
    assertThat(streak.staysFirst()).isTrue();
    streak.reset();
    assertThat(streak.staysFirst()).isTrue();
  }

  @Test
  void an_agent_that_must_stay_asks_to_be_ejected_at_each_further_failure() {
    fail(3, 0);
    assertThat(streak.ended(true, 0)).isEqualTo(Turn.EJECT);
    assertThat(streak.ended(true, 0)).isEqualTo(Turn.EJECT);
  }

  @Test
  void an_agent_that_another_process_ejected_is_on_trial_and_its_next_pause_is_the_second() {
    streak.wasEjectedBefore();
    assertThat(streak.isProbing()).isTrue();
    assertThat(streak.ended(true, Long.MIN_VALUE)).as("no call is old").isEqualTo(Turn.EJECT);
    assertThat(streak.eject(0)).isEqualTo(2 * SECOND);

    Streak other = new Streak(new Ejection(3, Duration.ofSeconds(1), Duration.ofSeconds(5)));
    other.wasEjectedBefore();
    assertThat(other.ended(false, 0)).isEqualTo(Turn.RECOVERED);
    assertThat(other.eject(0)).isEqualTo(SECOND);
  }

  @Test
  void failures_before_an_ejection_do_not_count_after_it() {
    assertThat(streak.ended(true, 0)).isEqualTo(Turn.NOTHING);
    assertThat(streak.ended(true, 0)).isEqualTo(Turn.NOTHING);
    long unused = streak.eject(SECOND);
    assertThat(streak.ended(false, SECOND)).isEqualTo(Turn.RECOVERED);
    fail(3, SECOND);
  }

  @Test
  void an_agent_that_was_never_ejected_has_no_old_calls() {
    assertThat(streak.ended(false, Long.MIN_VALUE)).isEqualTo(Turn.NOTHING);
    fail(3, Long.MIN_VALUE);
  }

  @Test
  void a_clock_that_runs_over_tells_old_calls_from_new_ones() {
    long at = Long.MAX_VALUE - 5;
    long unused = streak.eject(at);

    assertThat(streak.ended(true, at - 10)).isEqualTo(Turn.NOTHING);
    assertThat(streak.ended(true, Long.MIN_VALUE + 10)).isEqualTo(Turn.EJECT);
  }
}
