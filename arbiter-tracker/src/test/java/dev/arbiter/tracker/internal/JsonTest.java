/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigInteger;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {

  /** 5,000 trees, seed 1: what is accepted reads back equal; most are, and some are not. */
  @Test
  void what_is_accepted_is_read_back_equal() throws IOException {
    OddValues odd = new OddValues(1);
    int accepted = 0;
    for (int i = 0; i < 5000; i++) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("tree", odd.map(6));
      String text;
      try {
        text = Json.write(tree);
      } catch (IllegalArgumentException e) {
        continue;
      }
      accepted++;
      assertThat(Json.read(text).all()).isEqualTo(asRead(tree));
      assertThat(text).doesNotContain("\n", "\r");
    }

    assertThat(accepted).isBetween(3000, 4990);
  }

  /** Names are texts, a whole number has the smallest type, a number that JSON lacks is a text. */
  private static @Nullable Object asRead(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> read = new LinkedHashMap<>();
      map.forEach((name, field) -> read.put(String.valueOf(name), asRead(field)));
      return read;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> read = new ArrayList<>();
      list.forEach(item -> read.add(asRead(item)));
      return read;
    }
    if (value instanceof Long number && number == number.intValue()) {
      return number.intValue();
    }
    return value instanceof Double number && (number.isNaN() || number.isInfinite())
        ? number.toString()
        : value;
  }

  @Test
  void what_could_not_be_read_back_is_refused() {
    Map<Object, Object> twice = new HashMap<>();
    twice.put(1, "a");
    twice.put("1", "b");
    Map<String, Object> itself = new HashMap<>();
    itself.put("me", itself);

    refused(OddValues.nested(32));
    refused(OddValues.nested(5_000));
    refused(twice);
    refused(itself);
    refused(Map.of("x".repeat(60_000), 1));
    refused("x".repeat(20_000_001));
    refused(BigInteger.TEN.pow(1001));
    refused(new Object());
    refused(new Throwing());
  }

  private static void refused(Object value) {
    assertThatThrownBy(() -> Json.write(Map.of("value", value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("cannot be JSON");
  }

  @Test
  void as_deep_as_the_reader_allows_is_accepted() throws IOException {
    Map<String, Object> deep = Map.of("value", OddValues.nested(31));

    assertThat(Json.read(Json.write(deep)).all()).isEqualTo(deep);
  }

  /** A map whose content fails when it is looked at. */
  private static final class Throwing extends AbstractMap<String, Object> {
    @Override
    public Set<Map.Entry<String, Object>> entrySet() {
      throw new IllegalStateException("changed meanwhile");
    }
  }
}
