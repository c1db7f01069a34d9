/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gives every type of task a category, a number; past the cap all new types share one. */
public final class TaskTypeIndex {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final int cap;

  public TaskTypeIndex(int cap) {
    this.cap = cap;
  }

  /** The category of a type. */
  public int number(String type) {
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

  /** The type of a category; null for the category that types share. */
  public @Nullable String name(int number) {
    return number < names.size() ? names.get(number) : null;
  }
}
