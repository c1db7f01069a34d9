/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;

/**
 * One thing the constitution has to say about a task, its spec or its report.
 *
 * @param ruleId the rule, such as {@code policy.budget.files_exceeded}
 * @param severity how much it weighs
 * @param place where it was found: a JSON pointer into the spec, or a file; empty when it concerns
 *     the whole
 * @param line the line of the text it was found on, from 1; 0 when there is none
 * @param message what is wrong and how to mend it
 */
public record Finding(String ruleId, Severity severity, String place, int line, String message) {
  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the line is negative
   */
  public Finding {
    Require.that(line >= 0, "finding.line must not be negative, got %s", line);
  }

  /**
   * A finding on no particular line.
   *
   * @param ruleId the rule
   * @param severity how much it weighs
   * @param place where
   * @param message what is wrong and how to mend it
   */
  public Finding(String ruleId, Severity severity, String place, String message) {
    this(ruleId, severity, place, 0, message);
  }

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

  /**
   * The same finding on a line of the text.
   *
   * @param number the line, from 1; 0 for none
   * @return a copy
   */
  public Finding onLine(int number) {
    return new Finding(ruleId, severity, place, number, message);
  }

  /** How much a {@link Finding} weighs. */
  public enum Severity {
    /** Denies, unless a waiver lifts it. */
    ERROR,
    /** Worth a look, denies nothing. */
    WARNING,
    /** Said for the record. */
    INFO
  }
}
