/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SharedListTest {
  private static List<String> texts(int size) {
    return IntStream.range(0, size).mapToObj(i -> "e" + i).toList();
  }

  /** Sizes around the borders of the parts of 128. */
  @Test
  void a_changed_copy_has_the_change_and_the_old_list_does_not() {
    SplittableRandom random = new SplittableRandom(1);
    for (int size : new int[] {1, 127, 128, 129, 255, 256, 257, 1_000}) {
      List<String> model = new ArrayList<>(texts(size));
      SharedList<String> list = SharedList.of(model);
      for (int step = 0; step < 50; step++) {
        List<String> before = List.copyOf(model);
        int place = random.nextInt(size);
        SharedList<String> changed = list.with(place, "s" + step);
        model.set(place, "s" + step);

        assertThat(changed).containsExactlyElementsOf(model);
        assertThat(list).containsExactlyElementsOf(before);
        assertThat(list.differences(changed, 1)).containsExactly(place);
        list = changed;
      }
    }
  }

  @Test
  void differences_name_each_changed_place_once_in_order() {
    SharedList<String> list = SharedList.of(texts(1_000));
    SharedList<String> changed = list.with(999, "x").with(0, "y").with(128, "z").with(0, "w");

    assertThat(list.differences(changed, 3)).containsExactly(0, 128, 999);
    assertThat(list.differences(list, 0)).isEmpty();
  }

  @Test
  void more_differences_than_asked_for_or_another_size_are_not_reported() {
    List<String> texts = texts(300);
    SharedList<String> list = SharedList.of(texts);

    assertThat(list.differences(list.with(1, "x").with(2, "y"), 1)).isNull();
    assertThat(list.differences(SharedList.of(texts.subList(0, 299)), 10)).isNull();
    assertThat(list.differences(SharedList.of(texts), 10)).isEmpty();
  }

  @Test
  void an_empty_list_is_one() {
    assertThat(SharedList.of(List.of())).isEmpty();
  }

  @Test
  void it_cannot_be_changed_and_holds_no_null() {
    SharedList<String> list = SharedList.of(texts(3));

    assertThatThrownBy(() -> list.set(0, "x")).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> list.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> list.with(3, "x")).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> SharedList.of(Arrays.asList("a", null)))
        .isInstanceOf(NullPointerException.class);
  }

  /** 200 pairs with random changes, against the two lists. */
  @Test
  void the_differences_are_those_of_the_elements() {
    SplittableRandom random = new SplittableRandom(29);
    for (int round = 0; round < 200; round++) {
      List<String> texts = texts(1 + random.nextInt(400));
      SharedList<String> one = SharedList.of(texts);
      SharedList<String> other = random.nextBoolean() ? one : SharedList.of(texts);
      Set<Integer> places = new TreeSet<>();
      for (int i = random.nextInt(6); i > 0; i--) {
        int place = random.nextInt(texts.size());
        places.add(place);
        other = other.with(place, "changed");
      }

      int[] expected = places.stream().mapToInt(Integer::intValue).toArray();
      assertThat(one.differences(other, expected.length)).as("%s", round).isEqualTo(expected);
      assertThat(other.differences(one, expected.length + 1)).isEqualTo(expected);
      if (expected.length > 0) {
        assertThat(one.differences(other, expected.length - 1)).isNull();
      }
    }
  }

  @Test
  void it_is_a_list_like_any_other() {
    List<String> texts = texts(130);
    SharedList<String> list = SharedList.of(new ArrayDeque<>(texts));

    assertThat(list).isEqualTo(texts).hasSameHashCodeAs(texts).hasSize(130);
    assertThat(list.get(129)).isEqualTo("e129");
    assertThat(list.subList(126, 130)).containsExactly("e126", "e127", "e128", "e129");
    assertThatThrownBy(() -> list.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> list.with(-1, "x")).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> list.get(130)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  @SuppressWarnings("NullAway") // as a caller without a checker of nulls
  void a_copy_with_nothing_at_a_place_is_refused() {
    assertThatThrownBy(() -> SharedList.of(texts(3)).with(1, null))
        .isInstanceOf(NullPointerException.class);
  }
}
