/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import java.util.Optional;

/**
 * Ids of a trace as W3C Trace Context has them, derived from names, so that an agent can be handed
 * the id of a span that is not described yet, and a restart goes on with the same trace.
 */
public final class TraceIds {
  private static final int TRACE = 32;
  private static final int SPAN = 16;
  private static final int TRACEPARENT = 55;
  private static final int AT_SPAN = 36;
  private static final int AT_FLAGS = 53;

  private TraceIds() {}

  /**
   * A span of the caller.
   *
   * @param trace 32 hexadecimal digits
   * @param span 16 hexadecimal digits
   * @param flags two hexadecimal digits
   */
  public record Parent(String trace, String span, String flags) {
    /**
     * {@return the header for a child of this trace}
     *
     * @param child the id of its span
     */
    public String header(String child) {
      return "00-" + trace + '-' + child + '-' + flags;
    }
  }

  /**
   * {@return the span that a correlation id names, if it is a {@code traceparent}}
   *
   * @param correlation any text
   */
  public static Optional<Parent> parent(String correlation) {
    if (correlation.length() != TRACEPARENT || !correlation.startsWith("00-")) {
      return Optional.empty();
    }
    Parent parent =
        new Parent(
            correlation.substring(3, AT_SPAN - 1),
            correlation.substring(AT_SPAN, AT_FLAGS - 1),
            correlation.substring(AT_FLAGS));
    boolean fits =
        correlation.charAt(AT_SPAN - 1) == '-'
            && correlation.charAt(AT_FLAGS - 1) == '-'
            && isId(parent.trace)
            && isId(parent.span)
            && isHex(parent.flags);
    return fits ? Optional.of(parent) : Optional.empty();
  }

  /**
   * {@return the id of a trace, 32 hexadecimal digits}
   *
   * @param correlation the correlation id of a task
   */
  public static String trace(String correlation) {
    return parent(correlation)
        .map(Parent::trace)
        .orElseGet(
            () ->
                correlation.length() == TRACE && isId(correlation)
                    ? correlation
                    : Digests.sha256Hex(correlation).substring(0, TRACE));
  }

  /**
   * {@return the id of a span, 16 hexadecimal digits}
   *
   * @param tenant the tenant of the task
   * @param task the id of the task
   * @param part names the part of the task, empty for all of it
   */
  public static String span(String tenant, String task, String part) {
    return Digests.sha256Hex("span\0" + tenant + '\0' + task + '\0' + part).substring(0, SPAN);
  }

  /**
   * {@return the name of an attempt as a part of its task}
   *
   * @param attempt its number
   * @param agent its agent
   */
  public static String attempt(int attempt, String agent) {
    return "attempt " + attempt + ' ' + agent;
  }

  /* Hexadecimal digits, not all of them zero. */
  private static boolean isId(String text) {
    return isHex(text) && text.chars().anyMatch(c -> c != '0');
  }

  private static boolean isHex(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }
}
