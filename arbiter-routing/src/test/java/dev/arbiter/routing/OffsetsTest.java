/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OffsetsTest {
  private static final double KEEP = .9995;

  @Test
  void an_agent_forgets_in_all_its_categories_alike() {
    Offsets offsets = offsets(100);
    SplittableRandom luck = new SplittableRandom(1);
    double[] rewards = new double[3];
    double[] counts = new double[3];

    for (int i = 0; i < 40_000; i++) {
      int category = luck.nextInt(3);
      double reward = luck.nextDouble() < .2 * (category + 1) ? 1 : 0;
      offsets.add(category, 7, KEEP, reward, 1, .5, 0);
      for (int c = 0; c < 3; c++) {
        rewards[c] = KEEP * rewards[c] + (c == category ? reward : 0);
        counts[c] = KEEP * counts[c] + (c == category ? 1 : 0);
      }
    }

    for (int c = 0; c < 3; c++) {
      assertThat(offsets.ownRewards(offsets.pages(c, 1), 7)).isCloseTo(rewards[c], within(1e-6));
      assertThat(offsets.ownCount(offsets.pages(c, 1), 7)).isCloseTo(counts[c], within(1e-6));
    }
  }

  @Test
  void what_is_peculiar_is_shrunk_by_twenty_outcomes() {
    Offsets offsets = offsets(100);
    for (int i = 0; i < 20; i++) {
      offsets.add(0, 1, 1, 1, 1, .5, 0);
    }

    assertThat(offsets.own(offsets.pages(0, 1), 1, .5, 0)).isCloseTo(.25, within(1e-12));
    assertThat(offsets.own(offsets.pages(0, 1), 1, .5, .1)).isCloseTo(.3, within(1e-12));
    assertThat(offsets.shared(0)).isCloseTo(10.0 / 30, within(1e-12));
  }

  @Test
  void the_unknown_is_not_peculiar() {
    Offsets offsets = offsets(100);
    offsets.add(2, 40, KEEP, 1, 1, .5, 0);

    assertThat(offsets.own(offsets.pages(2, 1), 1, .5, 0)).isZero();
    assertThat(offsets.own(offsets.pages(9, 1), 40, .5, 0)).isZero();
    assertThat(offsets.shared(9)).isZero();
  }

  @Test
  void forgetting_an_agent_leaves_the_others_and_the_category() {
    Offsets offsets = offsets(100);
    offsets.add(0, 1, KEEP, 1, 1, .5, 0);
    offsets.add(0, 2, KEEP, 1, 1, .5, 0);

    offsets.forget(1);

    assertThat(offsets.ownCount(offsets.pages(0, 1), 1)).isZero();
    assertThat(offsets.ownCount(offsets.pages(0, 1), 2)).isCloseTo(1, within(1e-9));
    assertThat(offsets.shared(0)).isPositive();
  }

  @Test
  void beyond_the_cap_the_category_asked_for_longest_ago_loses_its_agents() {
    Offsets offsets = offsets(3);
    for (int category = 0; category < 3; category++) {
      offsets.add(category, 0, KEEP, 1, 1, .5, 0);
    }
    offsets.pages(0, 10);
    offsets.pages(1, 5);
    offsets.pages(2, 7);

    offsets.add(3, 0, KEEP, 1, 1, .5, 0);

    assertThat(Offsets.isEmpty(offsets.pages(0, 11), 0)).isFalse();
    assertThat(Offsets.isEmpty(offsets.pages(1, 11), 0)).isTrue();
    assertThat(Offsets.isEmpty(offsets.pages(3, 11), 0)).isFalse();
    assertThat(offsets.shared(1)).isPositive();
  }

  @Test
  void a_single_category_with_more_agents_than_the_cap_begins_anew() {
    Offsets offsets = new Offsets(2);
    offsets.rows(200);

    for (int row = 0; row < 200; row++) {
      offsets.add(0, row, KEEP, 1, 1, .5, 0);
    }

    assertThat(offsets.ownCount(offsets.pages(0, 1), 199)).isCloseTo(1, within(1e-9));
    assertThat(Offsets.isEmpty(offsets.pages(0, 1), 0)).isTrue();
  }

  private static Offsets offsets(int mostPages) {
    Offsets offsets = new Offsets(mostPages);
    offsets.rows(64);
    return offsets;
  }
}
