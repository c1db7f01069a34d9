/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The known facts about a piece of work, by name: texts, flags, finite numbers and lists of them. A
 * fact without a value is missing; NaN is not allowed. Immutable.
 */
public final class Facts {
  private static final int MOST = 1_000;

  private final Map<String, Object> values;

  private Facts(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * Creates facts.
   *
   * @param values texts, booleans, numbers, or lists of these; copied
   * @return the facts
   * @throws IllegalArgumentException if a value is of another kind, a number is not finite, or
   *     there are more than 1,000
   */
  public static Facts of(Map<String, ?> values) {
    if (values.size() > MOST) {
      throw new IllegalArgumentException("at most " + MOST + " facts, got " + values.size());
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    values.forEach((name, value) -> copy.put(name, checked(name, value)));
    return new Facts(copy);
  }

  static Object checked(String name, Object value) {
    if (value instanceof Collection<?> items) {
      return items.stream().map(item -> scalar(name, item)).toList();
    }
    return scalar(name, value);
  }

  private static Object scalar(String name, Object value) {
    boolean finite =
        !(value instanceof Double || value instanceof Float)
            || Double.isFinite(((Number) value).doubleValue());
    boolean number =
        value instanceof Byte
            || value instanceof Short
            || value instanceof Integer
            || value instanceof Long
            || value instanceof Float
            || value instanceof Double
            || value instanceof BigInteger
            || value instanceof BigDecimal;
    if (!(value instanceof String || value instanceof Boolean || number) || !finite) {
      throw new IllegalArgumentException(
          "fact '" + name + "' must be a text, a flag, a finite number or a list, got " + value);
    }
    return value;
  }

  static BigDecimal decimal(Number number) {
    if (number instanceof BigDecimal decimal) {
      return decimal;
    }
    if (number instanceof BigInteger whole) {
      return new BigDecimal(whole);
    }
    return number instanceof Double || number instanceof Float
        ? BigDecimal.valueOf(number.doubleValue())
        : BigDecimal.valueOf(number.longValue());
  }

  /**
   * Adds facts. A name that is there already keeps its value, so that a host cannot overwrite a
   * measured fact.
   *
   * @param more other facts
   * @return a copy
   */
  public Facts and(Facts more) {
    Map<String, Object> all = new LinkedHashMap<>(values);
    more.values.forEach(all::putIfAbsent);
    return new Facts(all);
  }

  /**
   * The value of a fact.
   *
   * @param name its name
   * @return empty when it is missing
   */
  public Optional<Object> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** {@return the names of all facts; in the order given} */
  public List<String> names() {
    return List.copyOf(values.keySet());
  }
}
