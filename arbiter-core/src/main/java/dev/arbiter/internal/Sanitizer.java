/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

/**
 * Makes foreign text fit for a log line, a finding or a mail header: one line, printable, bounded.
 *
 * <p>Control characters, line separators, bidirectional and invisible characters and unpaired
 * surrogates become backslash-u escapes. So a text can neither forge a second line nor hide a part
 * of itself.
 */
public final class Sanitizer {
  private static final int SOFT_HYPHEN = 0xad;
  private static final int ESCAPE = 6;

  private Sanitizer() {}

  /**
   * Escapes and cuts a text. A short printable ASCII text is returned as it is.
   *
   * @param text any text
   * @param longest most characters of the answer, escapes included; three dots after them say that
   *     the rest was cut
   * @return printable characters on one line
   */
  public static String text(String text, int longest) {
    if (text.length() <= longest && isPlain(text)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(Math.min(text.length(), longest) + 16);
    for (int i = 0; i < text.length(); i++) {
      int point = text.codePointAt(i);
      boolean printable = isPrintable(point);
      int width = printable ? Character.charCount(point) : ESCAPE;
      if (clean.length() + width > longest) {
        return clean.append("...").toString();
      }
      if (printable) {
        clean.appendCodePoint(point);
        i += width - 1;
      } else {
        escape(text.charAt(i), clean);
      }
    }
    return clean.toString();
  }

  private static void escape(char c, StringBuilder to) {
    to.append("\\u").append(hex(c >> 12)).append(hex(c >> 8)).append(hex(c >> 4)).append(hex(c));
  }

  /**
   * {@return whether a text is printable ASCII only, and so in every normal form of Unicode}
   *
   * @param text any text
   */
  public static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  /**
   * {@return whether a code point may appear unescaped in a finding or a path; half of a surrogate
   * pair may not}
   *
   * @param c a code point
   */
  public static boolean isPrintable(int c) {
    if (c < 0x300) {
      return c >= 0x20 && (c < 0x7f || (c >= 0xa0 && c != SOFT_HYPHEN));
    }
    return !isHidden(c) && !isTag(c);
  }

  /**
   * {@return whether a reader can see a code point} Fonts show nothing for those that Unicode calls
   * ignorable by default (DerivedCoreProperties, Default_Ignorable_Code_Point), in any category.
   *
   * @param c a code point
   */
  public static boolean isVisible(int c) {
    boolean blank = Character.isSpaceChar(c) || Character.isWhitespace(c) || c == 0x2800;
    return !blank && isPrintable(c) && !isIgnorable(c);
  }

  private static boolean isIgnorable(int c) {
    return c == 0x34f
        || (c >= 0x115f && c <= 0x1160)
        || (c >= 0x17b4 && c <= 0x17b5)
        || (c >= 0x180b && c <= 0x180f)
        || c == 0x3164
        || (c >= 0xfe00 && c <= 0xfe0f)
        || c == 0xffa0;
  }

  /** Invisible letters (Unicode tags); attackers have hidden whole sentences in them. */
  private static boolean isTag(int c) {
    return c >= 0xe0000 && c <= 0xe0fff;
  }

  private static boolean isHidden(int c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.PRIVATE_USE
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED;
  }

  private static char hex(int nibble) {
    return Character.forDigit(nibble & 15, 16);
  }
}
