/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TaskTypeIndexTest {
  private final List<Integer> forgotten = new ArrayList<>();

  @Test
  void past_the_cap_the_type_used_least_and_longest_ago_gives_its_number_up() {
    TaskTypeIndex index = new TaskTypeIndex(3, forgotten::add);
    assertThat(index.number("a")).isZero();
    assertThat(index.number("b")).isEqualTo(1);
    assertThat(index.number("c")).isEqualTo(2);
    assertThat(index.number("a")).isZero();

    assertThat(index.number("d")).isEqualTo(1);

    assertThat(forgotten).containsExactly(1);
    assertThat(index.name(1)).isEqualTo("d");
    assertThat(index.number("b")).isEqualTo(2);
    assertThat(index.name(0)).isEqualTo("a");
    assertThat(index.name(7)).isNull();
  }

  @Test
  void a_flood_takes_the_places_of_its_own() {
    TaskTypeIndex index = new TaskTypeIndex(64, forgotten::add);
    for (int i = 0; i < 60; i++) {
      index.number("used-" + i % 20);
    }

    for (int i = 0; i < 100; i++) {
      index.number("junk-" + i);
    }

    for (int i = 0; i < 20; i++) {
      assertThat(index.name(i)).isEqualTo("used-" + i);
    }
  }

  @Test
  void a_type_that_is_not_used_any_more_goes_in_the_end() {
    TaskTypeIndex index = new TaskTypeIndex(16, forgotten::add);
    for (int i = 0; i < 1_000; i++) {
      index.number("old");
    }

    for (int i = 0; i < 2_000 && !forgotten.contains(0); i++) {
      index.number("new-" + i / 3);
    }

    assertThat(forgotten).contains(0);
  }

  /** 20,000 uses of 300 types with room for 40, seed pinned. */
  @Test
  void a_number_belongs_to_one_type_until_it_is_forgotten() {
    Map<Integer, String> owners = new HashMap<>();
    TaskTypeIndex index = new TaskTypeIndex(40, owners::remove);
    SplittableRandom luck = new SplittableRandom(3);

    for (int i = 0; i < 20_000; i++) {
      String type = "t" + luck.nextInt(1 + luck.nextInt(300));
      int number = index.number(type);
      assertThat(number).isBetween(0, 39);
      assertThat(owners.getOrDefault(number, type)).isEqualTo(type);
      owners.put(number, type);
    }
    Set<String> distinct = new HashSet<>(owners.values());
    assertThat(distinct).hasSameSizeAs(owners.keySet());
  }

  @Test
  void a_state_goes_on_as_the_index_did() {
    TaskTypeIndex index = new TaskTypeIndex(20, forgotten::add);
    SplittableRandom luck = new SplittableRandom(3);
    for (int i = 0; i < 500; i++) {
      index.number("t" + luck.nextInt(1 + luck.nextInt(100)));
    }
    TaskTypeIndex next = new TaskTypeIndex(20, number -> {});

    next.state(index.state());

    for (int i = 0; i < 500; i++) {
      String type = "t" + luck.nextInt(1 + luck.nextInt(100));
      assertThat(next.number(type)).isEqualTo(index.number(type));
    }
  }
}
