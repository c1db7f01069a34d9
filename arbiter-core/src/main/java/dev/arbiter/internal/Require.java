/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Checks of arguments. The message names the argument, its rule and the value it had. */
public final class Require {
  private static final int LONGEST_NAME = 256;

  private Require() {}

  /**
   * Checks a condition.
   *
   * @param condition what must hold
   * @param message a {@link String#format} for the case that it does not
   * @param arguments of the message
   * @throws IllegalArgumentException if the condition is false
   */
  @FormatMethod
  public static void that(boolean condition, @FormatString String message, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, arguments));
    }
  }

  /* The arguments of a check that holds must cost nothing: no array, and no boxes. */

  /** Checks a condition; as above, with one value. */
  @FormatMethod
  public static void that(boolean condition, @FormatString String message, @Nullable Object value) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, value));
    }
  }

  /** Checks a condition; as above, with one value. */
  @FormatMethod
  public static void that(boolean condition, @FormatString String message, long value) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, value));
    }
  }

  /** Checks a condition; as above, with one value. */
  @FormatMethod
  public static void that(boolean condition, @FormatString String message, double value) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, value));
    }
  }

  /** Checks a condition; as above, with two values. */
  @FormatMethod
  public static void that(
      boolean condition, @FormatString String message, long first, long second) {
    if (!condition) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, message, first, second));
    }
  }

  /**
   * Checks a name. Names appear in logs, keys and verdicts, so they hold letters and digits of any
   * script and printable ASCII only, at most 256 characters.
   *
   * @param what the argument, for the message
   * @param name its value
   * @param mayBeEmpty whether the empty text is allowed
   * @throws IllegalArgumentException if the name is empty, too long or not printable
   */
  public static void name(String what, String name, boolean mayBeEmpty) {
    if (name.isEmpty() && !mayBeEmpty) {
      throw new IllegalArgumentException(what + " must not be empty");
    }
    if (name.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          what + " must have at most " + LONGEST_NAME + " characters, got " + name.length());
    }
    for (int i = 0; i < name.length(); i++) {
      int c = name.charAt(i);
      if (Character.isHighSurrogate((char) c)) {
        c = name.codePointAt(i);
      }
      if (c < 0x20 || (c >= 0x7f && !Character.isLetterOrDigit(c))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s must have letters, digits and ASCII signs only, got U+%04X at position %d",
                what,
                c,
                i));
      }
      i += Character.charCount(c) - 1;
    }
  }

  /**
   * Checks the name of a person or an agent, in any script: 1 to 256 printable characters without a
   * blank at either end.
   *
   * @param what the argument, for the message
   * @param name its value
   * @throws IllegalArgumentException if it is not
   */
  public static void printable(String what, String name) {
    boolean is =
        !name.isEmpty()
            && name.length() <= LONGEST_NAME
            && name.codePoints().allMatch(Sanitizer::isPrintable)
            && Sanitizer.isVisible(name.codePointAt(0))
            && Sanitizer.isVisible(name.codePointBefore(name.length()));
    if (!is) {
      throw new IllegalArgumentException(
          what
              + " must be 1 to 256 printable characters without a blank at either end, got '"
              + Sanitizer.text(name, LONGEST_NAME)
              + "'");
    }
  }

  /**
   * Checks a text that goes into headers, environments and log lines: printable ASCII, at most 256
   * characters, or empty.
   *
   * @param what the argument, for the message
   * @param text its value
   * @throws IllegalArgumentException if the text is too long or has another character
   */
  public static void ascii(String what, String text) {
    if (text.length() > LONGEST_NAME) {
      throw new IllegalArgumentException(
          what + " must have at most " + LONGEST_NAME + " characters, got " + text.length());
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c > 0x7e) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "%s must be printable ASCII, got \\u%04x at position %d",
                what,
                (int) c,
                i));
      }
    }
  }
}
