/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearnedNormTest {
  private static final Offset<Double> EXACTLY = within(1e-6);
  private static final double HOUR = 3_600_000;
  private final LearnedNorm norm = new LearnedNorm(3);

  /** A block of which 48 attempts take so long and two a hundred times that. */
  private void block(double hour, float millis) {
    for (int i = 0; i < LearnedNorm.BLOCK; i++) {
      boolean bad = i % 25 == 0;
      norm.learn((long) (hour * HOUR), bad ? 100 * millis : millis, bad ? 0.5 : 0.1, bad);
    }
  }

  @Test
  void fifty_attempts_make_a_norm_and_five_times_as_many_its_tail() {
    block(0, 10);
    assertThat(norm.isReady()).isTrue();
    assertThat(norm.knowsTail()).isFalse();
    for (int i = 0; i < 3; i++) {
      block(0, 10);
    }
    assertThat(norm.knowsTail()).isFalse();
    block(0, 10);
    assertThat(norm.knowsTail()).isTrue();
  }

  @Test
  void forty_nine_make_none_and_thrown_away_they_never_count() {
    for (int i = 0; i < LearnedNorm.BLOCK - 1; i++) {
      norm.learn(0, 1000, 1, true);
    }
    assertThat(norm.isReady()).isFalse();
    norm.discard();
    block(0, 10);

    assertThat(norm.median()).isCloseTo(10, EXACTLY);
    assertThat(norm.failed()).isCloseTo(2 / 50.0, EXACTLY);
  }

  @Test
  void knows_shares_and_how_many_are_usually_slow() {
    for (int i = 0; i < 5; i++) {
      block(0, 10);
    }

    assertThat(norm.median()).isCloseTo(10, EXACTLY);
    assertThat(norm.tail()).isCloseTo(10, EXACTLY);
    assertThat(norm.loss()).isCloseTo((48 * 0.1 + 2 * 0.5) / 50, EXACTLY);
    assertThat(norm.failed()).isCloseTo(2 / 50.0, EXACTLY);
    assertThat(norm.slow()).isCloseTo(2 / 50.0, EXACTLY);
    assertThat(norm.slowTail()).isCloseTo(2 / 50.0, EXACTLY);
    assertThat(norm.samples()).isEqualTo(250);
  }

  /** Four times as long: a tenth of the way is 0.139 on the log scale, 10 % a day is 0.095. */
  @ParameterizedTest
  @CsvSource({"0, 1", "12, 1.0488088", "24, 1.1", "480, 1.1", "-24, 1"})
  void follows_by_ten_percent_a_day_at_most(double hours, double factor) {
    for (int i = 0; i < 5; i++) {
      block(0, 10);
    }
    block(hours, 40);

    assertThat(norm.median()).isCloseTo(10 * factor, EXACTLY);
    assertThat(norm.tail()).isCloseTo(10 * factor, EXACTLY);
  }

  @ParameterizedTest
  @CsvSource({"0, 0.04", "2.4, 0.042", "24, 0.06"})
  void follows_a_share_by_two_points_a_day_at_most(double hours, double share) {
    for (int i = 0; i < 5; i++) {
      block(0, 10);
    }
    for (int i = 0; i < LearnedNorm.BLOCK; i++) {
      norm.learn((long) (hours * HOUR), 1000, 1, true);
    }

    assertThat(norm.failed()).isCloseTo(share, EXACTLY);
    assertThat(norm.slow()).isCloseTo(share, EXACTLY);
    assertThat(norm.slowTail()).isCloseTo(share, EXACTLY);
  }

  @Test
  void no_more_than_500_attempts_speak_for_the_usual() {
    for (int i = 0; i < 20; i++) {
      block(0, 10);
    }
    assertThat(norm.samples()).isEqualTo(500);
  }
}
