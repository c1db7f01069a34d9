/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import java.util.Collection;
import java.util.Optional;

/**
 * What must be so about one fact. A missing fact is a case of its own: it breaks a condition that
 * requires it, and leaves one that does not unapplied.
 *
 * @param fact the fact's name
 * @param operator how it is compared
 * @param value with what; for {@link Operator#REGEX_MATCH} a pattern as text, for {@link
 *     Operator#IN} a list
 * @param required whether the fact must be there
 */
public record Condition(String fact, Operator operator, Object value, boolean required) {

  /** What came of one condition. */
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
   * @param operator how it is compared
   * @param value with what
   * @return the condition
   */
  public static Condition required(String fact, Operator operator, Object value) {
    return new Condition(fact, operator, value, true);
  }

  /**
   * A condition on a fact if it is there.
   *
   * @param fact its name
   * @param operator how it is compared
   * @param value with what
   * @return the condition
   */
  public static Condition ifPresent(String fact, Operator operator, Object value) {
    return new Condition(fact, operator, value, false);
  }

  /**
   * That a pattern matches nowhere in a text, if there is one.
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
}
