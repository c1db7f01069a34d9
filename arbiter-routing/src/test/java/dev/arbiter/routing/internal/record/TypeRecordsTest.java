/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TypeRecordsTest {
  private final TypeRecords records = records();

  private static TypeRecords records() {
    TypeRecords records = new TypeRecords(10, dropped -> {});
    records.rows(2);
    return records;
  }

  @Test
  void a_record_that_faded_to_nothing_is_dropped() {
    records.add(0, 0, 1, 1, 1, 1);
    for (int i = 0; i < 2_000; i++) {
      records.add(1, 0, .5, 1, 1, 0);
    }

    assertThat(records.seen(0)).containsExactly(1);
    assertThat(records.sums(0, 0)).isEmpty();

    records.add(0, 0, 1, .5, 1, 0);
    assertThat(records.seen(0)).containsExactly(1, 0);
    assertThat(records.sums(0, 0)).containsExactly(.5, 1, 0);
  }

  @Test
  void a_record_that_is_taken_away_is_dropped() {
    records.add(0, 0, 1, .5, 1, 1);
    records.add(1, 0, 1, .5, 1, 1);

    records.add(0, 0, new double[] {-.25, -1, -.5});
    records.add(0, 1, new double[] {-.25, -1, -.5});

    assertThat(records.seen(0)).containsExactly(1);
    assertThat(records.seen(1)).isEmpty();
  }

  /** A fallback's reward may be worth more than one, at half the weight. */
  @Test
  void sums_that_are_added_to_nothing_are_the_same_sums() {
    records.add(0, 0, 1, 4, .5, 0);
    TypeRecords restored = records();

    restored.add(0, 0, records.sums(0, 0));

    assertThat(restored.sums(0, 0)).containsExactly(records.sums(0, 0)).containsExactly(2, .5, 0);
  }

  @Test
  void what_is_forgotten_leaves_nothing_to_the_next() {
    records.add(0, 0, 1, 1, 1, 1);

    records.forget(0);

    assertThat(records.seen(0)).isEmpty();
    records.add(0, 0, 1, .5, 1, 0);
    assertThat(records.sums(0, 0)).containsExactly(.5, 1, 0);
  }
}
