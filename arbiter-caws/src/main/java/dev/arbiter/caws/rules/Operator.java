/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import java.util.Collection;
import java.util.function.IntPredicate;

/**
 * How a fact is compared with a condition's value.
 *
 * <p>Numbers compare with numbers and texts with texts; a fact of another kind breaks the
 * condition. A missing fact is never compared, see {@link Condition}.
 */
public enum Operator {
  /** The same text, flag, list, or the same number. */
  EQUALS,
  /** Anything else. */
  NOT_EQUALS,
  /** A text with the value in it, or a list with the value among its items; any of several. */
  CONTAINS,
  /** None of that. */
  NOT_CONTAINS,
  /** A larger number. */
  GREATER_THAN,
  /** A smaller number. */
  LESS_THAN,
  /** A number at least as large. */
  GREATER_THAN_OR_EQUAL,
  /** A number at most as large. */
  LESS_THAN_OR_EQUAL,
  /** A text in which the pattern matches somewhere. */
  REGEX_MATCH,
  /** There is a fact. */
  EXISTS,
  /** There is none. */
  NOT_EXISTS,
  /** One of the values of a list. */
  IN,
  /** None of them. */
  NOT_IN;

  boolean holds(Object fact, Object value) {
    return switch (this) {
      case EQUALS -> same(fact, value);
      case NOT_EQUALS -> !same(fact, value);
      case CONTAINS -> isContainer(fact) && contains(fact, value);
      case NOT_CONTAINS -> isContainer(fact) && !contains(fact, value);
      case GREATER_THAN -> compared(fact, value, c -> c > 0);
      case LESS_THAN -> compared(fact, value, c -> c < 0);
      case GREATER_THAN_OR_EQUAL -> compared(fact, value, c -> c >= 0);
      case LESS_THAN_OR_EQUAL -> compared(fact, value, c -> c <= 0);
      case REGEX_MATCH -> isContainer(fact) && contains(fact, value);
      case EXISTS -> true;
      case NOT_EXISTS -> false;
      case IN -> among(fact, (Collection<?>) value);
      case NOT_IN -> !among(fact, (Collection<?>) value);
    };
  }

  private static boolean same(Object fact, Object value) {
    boolean numbers = fact instanceof Number && value instanceof Number;
    return numbers ? compared(fact, value, c -> c == 0) : fact.equals(value);
  }

  private static boolean compared(Object fact, Object value, IntPredicate wanted) {
    return fact instanceof Number a
        && value instanceof Number b
        && wanted.test(Facts.decimal(a).compareTo(Facts.decimal(b)));
  }

  private static boolean isContainer(Object fact) {
    return fact instanceof String || fact instanceof Collection<?>;
  }

  private static boolean contains(Object fact, Object value) {
    if (value instanceof Collection<?> several) {
      return several.stream().anyMatch(one -> contains(fact, one));
    }
    if (value instanceof Regex regex) {
      return fact instanceof Collection<?> items
          ? items.stream().anyMatch(item -> item instanceof String text && regex.matches(text))
          : regex.matches((String) fact);
    }
    return fact instanceof Collection<?> items
        ? among(value, items)
        : value instanceof String part && ((String) fact).contains(part);
  }

  private static boolean among(Object one, Collection<?> values) {
    return one instanceof Collection<?> several
        ? several.stream().anyMatch(item -> among(item, values))
        : values.stream().anyMatch(value -> same(one, value));
  }
}
