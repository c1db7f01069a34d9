/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/** Numbers the types of task; past the cap all new types share one number. */
final class Categories {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final int cap;

  Categories(int cap) {
    this.cap = cap;
  }

  int number(String type) {
    Integer known = numbers.get(type);
    if (known != null) {
      return known;
    }
    if (numbers.size() >= cap) {
      return cap;
    }
    int number = numbers.size();
    numbers.put(type, number);
    return number;
  }

  void forEach(ObjIntConsumer<String> action) {
    numbers.forEach(action::accept);
  }
}
