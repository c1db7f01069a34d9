/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.task.TaskResult.FailureCause;
import java.util.List;
import java.util.Locale;

/** The kind of error that ended an attempt. */
public enum ErrorCategory {
  /** What the agent wrote cannot be parsed. */
  SYNTAX("syntax error", "parse error", "unexpected token", "unexpected end", "cannot parse"),
  /** The types of what the agent wrote do not fit. */
  TYPE("type error", "typeerror", "classcast", "incompatible types", "cannot be cast"),
  /** A package, a program or a service that is needed is missing. */
  DEPENDENCY(
      "no such module",
      "module not found",
      "modulenotfound",
      "classnotfound",
      "noclassdeffound",
      "command not found",
      "unknownhost",
      "could not resolve",
      "dependency"),
  /** A setting, a right or a credential is missing or wrong. */
  CONFIGURATION(
      "permission denied", "access denied", "unauthorized", "credential", "configuration"),
  /** Memory, disk or another resource ran out. */
  RESOURCE("out of memory", "outofmemory", "no space left", "too many open files", "disk full"),
  /** The time ran out. */
  TIMEOUT("timed out", "timeout", "took longer"),
  /** A check refused the work. */
  VALIDATION("validation", "invalid", "illegalargument", "does not match"),
  /** The work ran and did something else than it should. */
  LOGIC("assertion", "expected", "test failed", "tests fail", "illegalstate"),
  /** The work or the agent broke while it ran. */
  RUNTIME("exception", "error", "exit code", "panic", "segmentation fault"),
  /** Nothing is known. */
  UNKNOWN;

  @SuppressWarnings("ImmutableEnumChecker") // List.of cannot be changed
  private final List<String> signs;

  ErrorCategory(String... signs) {
    this.signs = List.of(signs);
  }

  /**
   * {@return the kind of error of a failed attempt, by its cause, or else by the words of its
   * message; UNKNOWN for accepted work} Words only guess.
   *
   * @param ended the end of an attempt
   */
  public static ErrorCategory of(EndedAttempt ended) {
    if (ended.passed()) {
      return UNKNOWN;
    }
    FailureCause cause = ended.cause().orElseThrow();
    return switch (cause) {
      case AGENT_TIMEOUT, DEADLINE -> TIMEOUT;
      case RESOURCE, BUDGET, QUOTA, RATE -> RESOURCE;
      case CONNECTIVITY -> DEPENDENCY;
      case AUTHORIZATION -> CONFIGURATION;
      case DENIED, INVALID_INPUT -> VALIDATION;
      case AGENT_ERROR -> byWords(ended.message());
      default -> UNKNOWN;
    };
  }

  private static ErrorCategory byWords(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    for (ErrorCategory category : values()) {
      if (category.signs.stream().anyMatch(lower::contains)) {
        return category;
      }
    }
    return UNKNOWN;
  }
}
