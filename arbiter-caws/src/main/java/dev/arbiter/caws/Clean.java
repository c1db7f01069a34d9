/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

/**
 * Text from outside, made fit for a finding: one line, printable, bounded.
 *
 * <p>Control characters, line separators, bidirectional and invisible characters and unpaired
 * surrogates become backslash-u escapes, so that a finding can neither forge a log line nor hide
 * what it says.
 */
final class Clean {
  private static final int SOFT_HYPHEN = 0xad;

  private Clean() {}

  static String text(String text, int longest) {
    int end = Math.min(text.length(), longest);
    if (end == text.length() && isPlain(text)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(end + 16);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      int point = i + 1 < end ? text.codePointAt(i) : c;
      if (isPrintable(point)) {
        clean.appendCodePoint(point);
        i += Character.charCount(point) - 1;
      } else {
        escape(c, clean);
      }
    }
    return end < text.length() ? clean.append("...").toString() : clean.toString();
  }

  private static void escape(char c, StringBuilder to) {
    to.append("\\u").append(hex(c >> 12)).append(hex(c >> 8)).append(hex(c >> 4)).append(hex(c));
  }

  /** Whether a text is printable ASCII only, and so in every normal form of Unicode. */
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a code point may stand in a finding, or in a path, as itself; no half of a pair may.
   */
  static boolean isPrintable(int c) {
    if (c < 0x300) {
      return c >= 0x20 && (c < 0x7f || (c >= 0xa0 && c != SOFT_HYPHEN));
    }
    return !isHidden(c) && !isTag(c);
  }

  /**
   * Whether a code point can be seen at all. Fonts show nothing for those that Unicode calls
   * ignorable by default (DerivedCoreProperties, Default_Ignorable_Code_Point), whatever their
   * category is.
   */
  static boolean isVisible(int c) {
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

  /** Letters nobody sees, in which whole sentences have been hidden. */
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
