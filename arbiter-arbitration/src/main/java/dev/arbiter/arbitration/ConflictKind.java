/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import java.util.Locale;

/** What a disagreement is about. The names are those of the requirements. */
public enum ConflictKind {
  /** Form, structure or readability of code. */
  CODE_QUALITY,
  /** Tests, coverage, mutants. */
  TESTING,
  /** A weakness or a secret. */
  SECURITY,
  /** Time or memory. */
  PERFORMANCE,
  /** Text for people. */
  DOCUMENTATION,
  /** How and when something is released. */
  DEPLOYMENT,
  /** Files, lines, money, time or calls. */
  BUDGET,
  /** Steps, approvals, waivers. */
  PROCESS;

  /** {@return the name in the requirements, such as {@code code_quality}} */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
