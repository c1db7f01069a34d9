/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import java.util.List;

/**
 * One rule: all its conditions must hold.
 *
 * @param id lower case letters, digits and hyphens; what a waiver names to lift this rule
 * @param principle what it is for
 * @param gravity how bad it is to break it
 * @param remedy what breaking it does
 * @param phase when it is first looked at
 * @param conditions at least one
 * @param advice one line that says how to keep it
 */
public record ConstitutionalRule(
    String id,
    Principle principle,
    Gravity gravity,
    Remedy remedy,
    Phase phase,
    List<Condition> conditions,
    String advice) {
  private static final int LONGEST = 100;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the id has other characters, or there is no condition
   */
  public ConstitutionalRule {
    conditions = List.copyOf(conditions);
    boolean named =
        !id.isEmpty()
            && id.length() <= LONGEST
            && id.chars()
                .allMatch(c -> c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
    if (!named || conditions.isEmpty()) {
      throw new IllegalArgumentException(
          "rule '"
              + id
              + "' needs an id of lower case letters, digits and hyphens, and conditions");
    }
  }

  /** The first condition that does not hold, as text; empty when the rule is kept. */
  String broken(Facts facts) {
    for (Condition condition : conditions) {
      switch (condition.check(facts)) {
        case MISSING -> {
          return "fact '" + condition.fact() + "' is missing";
        }
        case BROKEN -> {
          return "fact '"
              + condition.fact()
              + "' is not as wanted: "
              + condition.operator().name().toLowerCase(java.util.Locale.ROOT)
              + " "
              + condition.value();
        }
        default -> {
          // held, or nothing to hold
        }
      }
    }
    return "";
  }
}
