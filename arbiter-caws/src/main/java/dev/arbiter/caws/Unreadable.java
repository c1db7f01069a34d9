/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

/**
 * A text that cannot be read as a document; says which rule it broke, where, and how to mend it.
 */
final class Unreadable extends Exception {
  private static final long serialVersionUID = 1;

  private final String rule;

  /**
   * Without a stack trace: it is a value on its way to a finding.
   *
   * @param rule the end of the rule id, such as {@code too_deep}
   * @param message what is wrong and how to mend it
   */
  Unreadable(String rule, String message) {
    super(message, null, false, false);
    this.rule = rule;
  }

  static Unreadable at(int line, String rule, String message) {
    return new Unreadable(rule, line > 0 ? message + " (line " + line + ")" : message);
  }

  String rule() {
    return rule;
  }

  String reason() {
    String message = getMessage();
    return message == null ? rule : message;
  }
}
