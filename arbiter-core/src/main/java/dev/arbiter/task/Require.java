/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import com.google.errorprone.annotations.FormatMethod;
import java.util.Locale;

/** Checks of the values in this package, with messages that name the thing and what it was. */
final class Require {
  private static final int LONGEST_NAME = 256;

  private Require() {}

  @FormatMethod
  static void that(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, arguments));
    }
  }

  /** A name is what ends up in logs, keys and verdicts, so it holds printable characters only. */
  static void name(String what, String name, boolean mayBeEmpty) {
    if (name.isEmpty() && !mayBeEmpty) {
      throw new IllegalArgumentException(what + " must not be empty");
    }
    if (name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          what + " must have at most " + LONGEST_NAME + " characters, got " + name.length());
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c < 0x20 || (c >= 0x7f && !Character.isLetterOrDigit(c))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT, "%s must be printable, got \\u%04x at position %d", what, (int) c, i));
      }
    }
  }
}
