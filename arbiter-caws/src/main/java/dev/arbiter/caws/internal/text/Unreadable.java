/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.task.Finding;
import java.nio.file.Path;

/** A text that cannot be read as a document, with the broken rule, the line, and the correction. */
public final class Unreadable extends Exception {
  private static final long serialVersionUID = 1;

  private final String rule;
  private final int line;

  /**
   * Has no stack trace: it is a value on its way to a finding.
   *
   * @param rule the end of the rule id, such as {@code too_deep}
   * @param message the problem and its correction
   */
  public Unreadable(String rule, String message) {
    this(rule, 0, message);
  }

  private Unreadable(String rule, int line, String message) {
    super(message, null, false, false);
    this.rule = rule;
    this.line = line;
  }

  /** An unreadable text, with the line of the problem. */
  public static Unreadable at(int line, String rule, String message) {
    return new Unreadable(rule, line, message);
  }

  /** The end of the rule id. */
  public String rule() {
    return rule;
  }

  /** The rule in the kernel's words: its parser does not distinguish these. */
  public String kernelRule() {
    boolean parsing = rule.equals("duplicate_key") || rule.equals("several_documents");
    return parsing ? "parse_failed" : rule;
  }

  /** Where, from 1; 0 when it concerns the whole. */
  public int line() {
    return line;
  }

  /** The problem and its correction, without the line. */
  public String reason() {
    String message = getMessage();
    return message == null ? rule : message;
  }

  /** An error about a file that cannot be read. */
  public Finding finding(String rules, Path file) {
    String name = String.valueOf(file.getFileName());
    return Finding.error(rules + rule, name, name + " " + reason()).onLine(line);
  }
}
