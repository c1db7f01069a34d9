/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.util.Objects;

/**
 * One statement of the constitution about a task, its spec or its report.
 *
 * @param ruleId the rule, such as {@code policy.budget.files_exceeded}
 * @param severity the severity
 * @param place a JSON pointer into the spec, or a file; empty if the finding concerns the whole
 * @param line the line of the text, from 1; 0 if there is none
 * @param message the fault and how to correct it
 */
public record Finding(String ruleId, Severity severity, String place, int line, String message) {
  /**
   * Checks.
   *
   * @throws NullPointerException if something is null
   * @throws IllegalArgumentException if the line is negative
   */
  public Finding {
    Objects.requireNonNull(ruleId, "finding.ruleId must not be null");
    Objects.requireNonNull(severity, "finding.severity must not be null");
    Objects.requireNonNull(place, "finding.place must not be null; give an empty text");
    Objects.requireNonNull(message, "finding.message must not be null");
    Require.that(line >= 0, "finding.line must not be negative, got %s", line);
  }

  /**
   * A finding without a line.
   *
   * @param ruleId the rule
   * @param severity the severity
   * @param place a JSON pointer, a file or empty
   * @param message the fault and how to correct it
   */
  public Finding(String ruleId, Severity severity, String place, String message) {
    this(ruleId, severity, place, 0, message);
  }

  /**
   * {@return a finding that denies}
   *
   * @param ruleId the rule
   * @param place a JSON pointer, a file or empty
   * @param message the fault and how to correct it
   */
  public static Finding error(String ruleId, String place, String message) {
    return new Finding(ruleId, Severity.ERROR, place, message);
  }

  /**
   * {@return a finding that does not deny}
   *
   * @param ruleId the rule
   * @param place a JSON pointer, a file or empty
   * @param message the observation
   */
  public static Finding warning(String ruleId, String place, String message) {
    return new Finding(ruleId, Severity.WARNING, place, message);
  }

  /**
   * {@return the same finding on a line of the text}
   *
   * @param number the line, from 1; 0 for none
   */
  public Finding onLine(int number) {
    return new Finding(ruleId, severity, place, number, message);
  }

  /** The severity of a {@link Finding}. */
  public enum Severity {
    /** Denies, unless a waiver lifts it. */
    ERROR,
    /** Deserves attention; denies nothing. */
    WARNING,
    /** For the record. */
    INFO
  }
}
