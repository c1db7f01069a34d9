/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

import java.util.List;
import java.util.Locale;

/**
 * One rule. All its conditions must hold.
 *
 * @param id lower case letters, digits and hyphens; a waiver names it to lift this rule
 * @param principle the purpose of the rule
 * @param severity how serious a violation is
 * @param remedy the effect of a violation
 * @param phase when the rule is first evaluated
 * @param conditions at least one
 * @param advice one line that says how to keep the rule
 */
public record ConstitutionalRule(
    String id,
    Principle principle,
    RuleSeverity severity,
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
              + condition.operator().name().toLowerCase(Locale.ROOT)
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

  /** The purpose of a rule. */
  public enum Principle {
    /** One can see what was done. */
    TRANSPARENCY,
    /** One can see who did it. */
    ACCOUNTABILITY,
    /** The work does no harm. */
    SAFETY,
    /** The work favours no person or group. */
    FAIRNESS,
    /** The work reveals nothing about a person. */
    PRIVACY,
    /** The work ends, and works. */
    RELIABILITY
  }

  /** How serious a violation is, and how much it lowers a score of 100. */
  public enum RuleSeverity {
    /** Lowers the score by 5. */
    LOW(5),
    /** Lowers the score by 15. */
    MEDIUM(15),
    /** Lowers the score by 30. */
    HIGH(30),
    /** Lowers the score by 50. */
    CRITICAL(50);

    private final int points;

    RuleSeverity(int points) {
      this.points = points;
    }

    /** {@return how much a violation lowers the score; points of 100} */
    public int points() {
      return points;
    }
  }

  /** The effect of a violation. */
  public enum Remedy {
    /** Adds a finding of severity INFO. */
    LOG(false),
    /** Adds a warning. */
    ALERT(false),
    /** Refuses until the task or the work is changed as the rule says. */
    MODIFY(true),
    /**
     * Refuses until a person decides: the task waits for an answer in {@code Arbiter.approvals()},
     * before the work or before its verdict. A waiver that names the rule decides too.
     */
    ESCALATE(true),
    /** Refuses. */
    BLOCK(true);

    private final boolean blocks;

    Remedy(boolean blocks) {
      this.blocks = blocks;
    }

    /** {@return whether a violation refuses the work; true for MODIFY, ESCALATE and BLOCK} */
    public boolean blocks() {
      return blocks;
    }
  }

  /** When a rule is first evaluated. */
  public enum Phase {
    /** Before an agent works, and again after the work, when the agent is known. */
    BEFORE,
    /** After the work. */
    AFTER
  }
}
