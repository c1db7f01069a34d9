/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Extra calls stay a share of all calls. */
class RationTest {

  private static int takeAll(Ration ration) {
    int taken = 0;
    while (taken < 1_000 && ration.take()) {
      taken++;
    }
    return taken;
  }

  private static void earn(Ration ration, int calls) {
    for (int i = 0; i < calls; i++) {
      ration.earn();
    }
  }

  @Test
  void a_ration_begins_with_its_burst() {
    assertThat(takeAll(new Ration(.5, 0))).isZero();
    assertThat(takeAll(new Ration(.5, 1))).isEqualTo(1);
    assertThat(takeAll(new Ration(.5, 7))).isEqualTo(7);
  }

  @Test
  void calls_earn_parts_of_an_extra_call() {
    Ration ration = new Ration(.25, 0);
    earn(ration, 3);
    assertThat(ration.take()).isFalse();
    earn(ration, 1);
    assertThat(takeAll(ration)).isEqualTo(1);
  }

  @Test
  void without_a_burst_it_saves_one_call() {
    Ration ration = new Ration(.5, 0);
    earn(ration, 1_000);

    assertThat(takeAll(ration)).isEqualTo(1);
  }

  @Test
  void it_saves_up_to_ten_bursts_and_goes_on_to_earn_once_it_is_used() {
    Ration ration = new Ration(1, 2);
    earn(ration, 1_000);
    assertThat(takeAll(ration)).isEqualTo(20);
    earn(ration, 3);
    assertThat(takeAll(ration)).isEqualTo(3);
  }

  @Test
  void an_extra_call_that_is_given_back_is_left_but_not_above_the_most() {
    Ration ration = new Ration(1, 1);
    assertThat(ration.take()).isTrue();
    ration.giveBack();
    assertThat(takeAll(ration)).isEqualTo(1);
    for (int i = 0; i < 50; i++) {
      ration.giveBack();
    }
    assertThat(takeAll(ration)).isEqualTo(10);
  }

  @Test
  void a_ration_that_earns_nothing_ends_with_its_burst() {
    Ration ration = new Ration(0, 3);
    earn(ration, 1_000);
    assertThat(takeAll(ration)).isEqualTo(3);
    earn(ration, 1_000);
    assertThat(takeAll(ration)).isZero();
  }

  @Test
  void random_steps_agree_with_a_plain_count() {
    long seed = 5;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 200; round++) {
      int quarters = random.nextInt(5);
      int burst = random.nextInt(4);
      long most = 4L * Math.max(1, 10 * burst);
      long left = 4L * burst; // in quarters, which a double adds exactly
      Ration ration = new Ration(quarters / 4.0, burst);
      for (int step = 0; step < 300; step++) {
        int what = random.nextInt(8);
        if (what < 5) {
          ration.earn();
          left = Math.min(left + quarters, most);
        } else if (what == 5) {
          ration.giveBack();
          left = Math.min(left + 4, most);
        } else {
          assertThat(ration.take())
              .as("seed %d, round %d, step %d", seed, round, step)
              .isEqualTo(left >= 4);
          left -= left >= 4 ? 4 : 0;
        }
      }
    }
  }
}
