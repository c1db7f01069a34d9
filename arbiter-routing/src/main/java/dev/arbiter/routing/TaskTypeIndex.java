/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Numbers the types of task; past the cap all new types share one number. */
final class TaskTypeIndex {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final int cap;

  TaskTypeIndex(int cap) {
    this.cap = cap;
  }

  int number(String type) {
    Integer known = numbers.get(type);
    if (known != null) {
      return known;
    }
    if (names.size() >= cap) {
      return cap;
    }
    numbers.put(type, names.size());
    names.add(type);
    return names.size() - 1;
  }

  /** The type with a number; null for the number that types share. */
  @Nullable String name(int number) {
    return number < names.size() ? names.get(number) : null;
  }
}
