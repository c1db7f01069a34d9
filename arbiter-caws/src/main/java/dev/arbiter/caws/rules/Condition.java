/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import java.util.Collection;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A comparison of one fact with a value. A missing fact breaks the condition if the condition
 * requires the fact; otherwise the condition does not apply.
 *
 * @param fact the fact's name
 * @param operator how the fact is compared
 * @param value the value to compare with; for {@link Operator#REGEX_MATCH} a pattern as text, for
 *     {@link Operator#IN} a list
 * @param required whether the fact must be there
 */
public record Condition(String fact, Operator operator, Object value, boolean required) {

  /** The result of checking one condition. */
  enum Result {
    HELD,
    BROKEN,
    MISSING,
    UNAPPLIED
  }

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the value does not suit the operator
   */
  public Condition {
    boolean list = value instanceof Collection<?>;
    boolean suits =
        switch (operator) {
          case IN, NOT_IN -> list;
          case GREATER_THAN, LESS_THAN, GREATER_THAN_OR_EQUAL, LESS_THAN_OR_EQUAL ->
              value instanceof Number;
          case REGEX_MATCH -> value instanceof String || value instanceof Regex;
          default -> true;
        };
    if (fact.isBlank() || !suits) {
      throw new IllegalArgumentException(
          "condition on '" + fact + "': " + operator + " cannot take " + value);
    }
    if (operator == Operator.REGEX_MATCH && value instanceof String regex) {
      value = new Regex(regex);
    }
    value = value instanceof Regex ? value : Facts.checked(fact, value);
  }

  /**
   * A condition on a fact that must be there.
   *
   * @param fact its name
   * @param operator how the fact is compared
   * @param value the value to compare with
   * @return the condition
   */
  public static Condition required(String fact, Operator operator, Object value) {
    return new Condition(fact, operator, value, true);
  }

  /**
   * A condition on a fact if it is there.
   *
   * @param fact its name
   * @param operator how the fact is compared
   * @param value the value to compare with
   * @return the condition
   */
  public static Condition ifPresent(String fact, Operator operator, Object value) {
    return new Condition(fact, operator, value, false);
  }

  /**
   * A condition that a pattern matches nowhere in a text, if the text is there.
   *
   * @param fact its name
   * @param regex in RE2's syntax
   * @return the condition
   */
  public static Condition matchesNowhere(String fact, String regex) {
    return new Condition(fact, Operator.NOT_CONTAINS, new Regex(regex), false);
  }

  Result check(Facts facts) {
    Optional<Object> found = facts.get(fact);
    if (operator == Operator.NOT_EXISTS) {
      return found.isEmpty() ? Result.HELD : Result.BROKEN;
    }
    if (found.isEmpty()) {
      boolean wanted = required || operator == Operator.EXISTS;
      return wanted ? Result.MISSING : Result.UNAPPLIED;
    }
    return operator.holds(found.get(), value) ? Result.HELD : Result.BROKEN;
  }

  /**
   * How a fact is compared with a condition's value.
   *
   * <p>Numbers compare with numbers and texts with texts; a fact of another kind breaks the
   * condition. A missing fact is never compared.
   */
  public enum Operator {
    /** The same text, flag, list, or the same number. */
    EQUALS,
    /** Anything but EQUALS. */
    NOT_EQUALS,
    /** A text that has the value in it, or a list that has it as an item; one of several values. */
    CONTAINS,
    /** Anything but CONTAINS, in a text or a list. */
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
    /** The fact is there. */
    EXISTS,
    /** The fact is missing. */
    NOT_EXISTS,
    /** The fact is one of the values of a list. */
    IN,
    /** The fact is none of the values of a list. */
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
}
