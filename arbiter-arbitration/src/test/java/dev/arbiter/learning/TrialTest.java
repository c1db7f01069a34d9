/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.learning.Practice.State;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Trials of pinned luck: 400 each, at the default error of .05. */
class TrialTest {
  private static final int RUNS = 400;
  private static final double ERROR = .05;

  /* Half of the error is that of a wrong keep; three standard deviations of 400 runs beside it. */
  private static final double MOST_WRONG = ERROR / 2 + 3 * Math.sqrt(.025 * .975 / RUNS);

  /** The chance of success of an attempt. */
  interface Chance {
    double of(int attempt, boolean isWith, double before);
  }

  /** The first attempt after which it was kept, and gone; 0 for never. */
  record Course(int kept, int gone) {}

  private static Course course(Chance chance, int attempts, long seed) {
    SplittableRandom luck = new SplittableRandom(seed);
    Trial trial = new Trial(ERROR);
    int kept = 0;
    int gone = 0;
    double before = .5;
    for (int i = 1; i <= attempts && gone == 0; i++) {
      double share = trial.share();
      boolean isWith = luck.nextDouble() < share;
      double outcome = luck.nextDouble() < chance.of(i, isWith, before) ? 1 : 0;
      before = outcome;
      trial.add(isWith, share, outcome);
      kept = kept == 0 && trial.state() == State.KEPT ? i : kept;
      gone = trial.state() == State.DROPPED ? i : 0;
    }
    return new Course(kept, gone);
  }

  private static double part(Chance chance, int attempts, Predicate<Course> is) {
    int count = 0;
    for (int run = 0; run < RUNS; run++) {
      count += is.test(course(chance, attempts, run)) ? 1 : 0;
    }
    return count / (double) RUNS;
  }

  private static Chance constant(double base, double effect) {
    return (attempt, isWith, before) -> base + (isWith ? effect : 0);
  }

  @Test
  void one_that_does_nothing_is_kept_no_more_often_than_half_of_the_error() {
    for (double base : new double[] {.1, .5, .6, .9}) {
      assertThat(part(constant(base, 0), 3_000, course -> course.kept > 0))
          .as("at a rate of %s", base)
          .isLessThanOrEqualTo(MOST_WRONG);
    }
  }

  @Test
  void neither_drift_nor_seasons_nor_streaks_make_one_that_does_nothing_look_helpful() {
    Chance drift = (attempt, isWith, before) -> .9 - .8 * attempt / 3_000;
    Chance seasons = (attempt, isWith, before) -> (attempt / 40) % 2 == 0 ? .9 : .2;
    Chance streaks = (attempt, isWith, before) -> before == 1 ? .9 : .1;
    for (Chance dependent : new Chance[] {drift, seasons, streaks}) {
      assertThat(part(dependent, 3_000, course -> course.kept > 0)).isLessThanOrEqualTo(MOST_WRONG);
    }
  }

  @Test
  void one_that_harms_by_20_points_is_gone_after_200_attempts_in_90_of_100_trials() {
    for (double base : new double[] {.5, .6, .8}) {
      assertThat(part(constant(base, -.2), 200, course -> course.gone > 0))
          .isGreaterThanOrEqualTo(.9);
      assertThat(part(constant(base, -.3), 200, course -> course.gone > 0))
          .isGreaterThanOrEqualTo(.99);
    }
  }

  @Test
  void one_that_helps_by_20_points_is_kept_within_1_000_attempts_and_stays() {
    for (double base : new double[] {.3, .5, .7}) {
      assertThat(part(constant(base, .2), 1_000, course -> course.kept > 0))
          .isGreaterThanOrEqualTo(.99);
      assertThat(part(constant(base, .2), 3_000, course -> course.kept > 0 && course.gone == 0))
          .isGreaterThanOrEqualTo(.97);
    }
  }

  @Test
  void one_that_is_worth_a_small_effect_is_dropped_no_more_often_than_the_error() {
    double small = .2 * Math.sqrt(.5 * .5);
    assertThat(part(constant(.5 - small / 2, small), 900, course -> course.gone > 0))
        .isLessThanOrEqualTo(ERROR + 3 * Math.sqrt(ERROR * (1 - ERROR) / RUNS));
  }

  @Test
  void one_that_begins_to_harm_is_gone_soon() {
    Chance ages = (attempt, isWith, before) -> .6 + (isWith ? attempt <= 600 ? .25 : -.25 : 0);

    assertThat(part(ages, 900, course -> course.kept > 0 && course.gone > 600))
        .isGreaterThanOrEqualTo(.9);
  }

  @Test
  void one_that_was_not_shown_to_help_is_gone_after_1_000_attempts() {
    assertThat(part(constant(.5, 0), 1_000, course -> course.gone > 0 || course.kept > 0))
        .isEqualTo(1);
  }

  @Test
  void outcomes_that_are_all_the_same_or_fractions_decide_nothing_wrong() {
    for (double outcome : new double[] {0, .5, 1}) {
      SplittableRandom luck = new SplittableRandom(1);
      Trial trial = new Trial(ERROR);
      for (int i = 0; i < 900; i++) {
        trial.add(luck.nextBoolean(), .5, outcome);
      }
      assertThat(trial.state()).isNotEqualTo(State.KEPT);
    }
  }

  @Test
  void a_restored_trial_goes_on_exactly() throws IOException {
    SplittableRandom luck = new SplittableRandom(7);
    Trial trial = new Trial(ERROR);
    for (int i = 0; i < 900; i++) {
      boolean isWith = luck.nextDouble() < trial.share();
      trial.add(isWith, trial.share(), luck.nextDouble() < (isWith ? .7 : .5) ? 1 : 0);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      trial.writeTo(new DataOutputStream(bytes));
      Trial restored =
          Trial.read(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), ERROR);
      assertThat(restored.standing("ada")).isEqualTo(trial.standing("ada"));
      trial = restored;
    }

    assertThat(trial.state()).isEqualTo(State.KEPT);
  }
}
