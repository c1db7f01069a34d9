/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.internal.record.SuccessCounts;
import dev.arbiter.routing.internal.record.TypeRecords;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TypeOffsetsTest {
  private static final double KEEP = .9995;

  @Test
  void an_agent_forgets_in_all_its_categories_alike() {
    TypeOffsets offsets = offsets(100);
    SplittableRandom luck = new SplittableRandom(1);
    double[] rewards = new double[3];
    double[] counts = new double[3];

    for (int i = 0; i < 40_000; i++) {
      int category = luck.nextInt(3);
      double reward = luck.nextDouble() < .2 * (category + 1) ? 1 : 0;
      add(offsets, category, 7, KEEP, reward, 1);
      for (int c = 0; c < 3; c++) {
        rewards[c] = KEEP * rewards[c] + (c == category ? reward : 0);
        counts[c] = KEEP * counts[c] + (c == category ? 1 : 0);
      }
    }

    for (int c = 0; c < 3; c++) {
      assertThat(offsets.records.rewards(offsets.records.pages(c, 1), 7))
          .isCloseTo(rewards[c], within(1e-6));
      assertThat(offsets.records.count(offsets.records.pages(c, 1), 7))
          .isCloseTo(counts[c], within(1e-6));
    }
  }

  @Test
  void what_is_peculiar_is_shrunk_by_twenty_outcomes() {
    TypeOffsets offsets = offsets(100);
    for (int i = 0; i < 20; i++) {
      add(offsets, 0, 1, 1, 1, 1);
    }

    assertThat(offsets.own(offsets.records.pages(0, 1), 1, .5, 0)).isCloseTo(.25, within(1e-12));
    assertThat(offsets.own(offsets.records.pages(0, 1), 1, .5, .1)).isCloseTo(.3, within(1e-12));
    assertThat(offsets.shared(0)).isCloseTo(10.0 / 30, within(1e-12));
  }

  @Test
  void the_unknown_is_not_peculiar() {
    TypeOffsets offsets = offsets(100);
    add(offsets, 2, 40, KEEP, 1, 1);

    assertThat(offsets.own(offsets.records.pages(2, 1), 1, .5, 0)).isZero();
    assertThat(offsets.own(offsets.records.pages(9, 1), 40, .5, 0)).isZero();
    assertThat(offsets.shared(9)).isZero();
  }

  @Test
  void forgetting_an_agent_leaves_the_others_and_the_category() {
    TypeOffsets offsets = offsets(100);
    add(offsets, 0, 1, KEEP, 1, 1);
    add(offsets, 0, 2, KEEP, 1, 1);

    offsets.forget(1);

    assertThat(offsets.records.count(offsets.records.pages(0, 1), 1)).isZero();
    assertThat(offsets.records.count(offsets.records.pages(0, 1), 2)).isCloseTo(1, within(1e-9));
    assertThat(offsets.shared(0)).isPositive();
  }

  @Test
  void beyond_the_cap_the_category_asked_for_longest_ago_loses_its_agents() {
    TypeOffsets offsets = offsets(3);
    for (int category = 0; category < 3; category++) {
      add(offsets, category, 0, KEEP, 1, 1);
    }
    offsets.records.pages(0, 10);
    offsets.records.pages(1, 5);
    offsets.records.pages(2, 7);

    add(offsets, 3, 0, KEEP, 1, 1);

    assertThat(TypeRecords.isEmpty(offsets.records.pages(0, 11), 0)).isFalse();
    assertThat(TypeRecords.isEmpty(offsets.records.pages(1, 11), 0)).isTrue();
    assertThat(TypeRecords.isEmpty(offsets.records.pages(3, 11), 0)).isFalse();
    assertThat(offsets.shared(1)).isZero();
  }

  @Test
  void a_single_category_with_more_agents_than_the_cap_begins_anew() {
    TypeOffsets offsets = offsets(2);

    for (int row = 0; row < 200; row++) {
      add(offsets, 0, row, KEEP, 1, 1);
    }

    assertThat(offsets.records.count(offsets.records.pages(0, 1), 199)).isCloseTo(1, within(1e-9));
    assertThat(TypeRecords.isEmpty(offsets.records.pages(0, 1), 0)).isTrue();
  }

  /** 20,000 outcomes of 200 agents at 9 categories that have room for 8 pages, seed pinned. */
  @Test
  void an_agent_was_seen_where_it_has_a_record_and_nowhere_else() {
    TypeRecords records = offsets(8).records;
    SplittableRandom luck = new SplittableRandom(8);

    for (int i = 0; i < 20_000; i++) {
      int row = luck.nextInt(200);
      if (luck.nextInt(50) == 0) {
        records.forget(row);
      } else {
        records.add(luck.nextInt(9), row, KEEP, luck.nextInt(2), 1, 0);
      }
      Set<Integer> known = new TreeSet<>();
      for (int category = 0; category < 9; category++) {
        if (records.sums(category, row).length > 0) {
          known.add(category);
        }
      }
      List<Integer> seen = IntStream.of(records.seen(row)).boxed().toList();
      assertThat(seen).containsExactlyInAnyOrderElementsOf(known);
    }
  }

  /* The record of an agent is empty, so half a reward is foretold. */
  private static void add(
      TypeOffsets offsets, int category, int row, double keep, double reward, double weight) {
    offsets.lift(row);
    offsets.records.add(category, row, keep, reward, weight, 0);
    offsets.settle(row);
  }

  /** 20,000 outcomes, forgetting agents now and then, seed pinned. */
  @Test
  void what_is_shared_is_the_sum_over_agents_whatever_the_order() {
    SuccessCounts counts = new SuccessCounts();
    counts.rows(50);
    TypeOffsets offsets = new TypeOffsets(counts, 100);
    offsets.records.rows(50);
    SplittableRandom luck = new SplittableRandom(4);
    for (int i = 0; i < 20_000; i++) {
      int row = luck.nextInt(50);
      if (luck.nextInt(500) == 0) {
        offsets.forget(row);
        counts.set(row, 3, 10);
      } else {
        double reward = luck.nextInt(2);
        offsets.lift(row);
        counts.add(row, KEEP, reward, 1);
        offsets.records.add(luck.nextInt(4), row, KEEP, reward, 1, 0);
        offsets.settle(row);
      }
    }

    for (int category = 0; category < 4; category++) {
      double[][] pages = offsets.records.pages(category, 1);
      double excess = 0;
      double count = 0;
      for (int row = 0; row < 50; row++) {
        count += offsets.records.count(pages, row);
        excess +=
            offsets.records.rewards(pages, row)
                - offsets.records.count(pages, row) * counts.expected(row);
      }
      assertThat(offsets.shared(category)).isCloseTo(excess / (count + 10), within(1e-9));
    }
  }

  private static TypeOffsets offsets(int mostPages) {
    SuccessCounts counts = new SuccessCounts();
    counts.rows(200);
    TypeOffsets offsets = new TypeOffsets(counts, mostPages);
    offsets.records.rows(200);
    return offsets;
  }
}
