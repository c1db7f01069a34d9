/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/**
 * One thing the constitution has to say about a task, its spec or its report.
 *
 * @param ruleId the rule, such as {@code policy.budget.files_exceeded}
 * @param severity how much it weighs
 * @param place where it was found: a JSON pointer into the spec, or a file; empty when it concerns
 *     the whole
 * @param message what is wrong and how to mend it
 */
public record Finding(String ruleId, Severity severity, String place, String message) {

  /**
   * A finding that denies.
   *
   * @param ruleId the rule
   * @param place where
   * @param message what is wrong and how to mend it
   * @return the finding
   */
  public static Finding error(String ruleId, String place, String message) {
    return new Finding(ruleId, Severity.ERROR, place, message);
  }

  /**
   * A finding that denies nothing.
   *
   * @param ruleId the rule
   * @param place where
   * @param message what is odd
   * @return the finding
   */
  public static Finding warning(String ruleId, String place, String message) {
    return new Finding(ruleId, Severity.WARNING, place, message);
  }
}
