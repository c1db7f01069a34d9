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
  private Clean() {}

  static String text(String text, int longest) {
    int end = Math.min(text.length(), longest);
    if (end == text.length() && isPlain(text)) {
      return text;
    }
    StringBuilder clean = new StringBuilder(end + 16);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < end
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        clean.append(c).append(text.charAt(++i));
      } else if (isPrintable(c)) {
        clean.append(c);
      } else {
        clean
            .append("\\u")
            .append(hex(c >> 12))
            .append(hex(c >> 8))
            .append(hex(c >> 4))
            .append(hex(c));
      }
    }
    return end < text.length() ? clean.append("...").toString() : clean.toString();
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

  /** Whether a character may stand in a finding, or in a path, as itself. */
  static boolean isPrintable(char c) {
    if (c < 0x20 || (c >= 0x7f && c < 0xa0) || Character.isSurrogate(c)) {
      return false;
    }
    return c < 0x300 || !isHidden(c);
  }

  private static boolean isHidden(char c) {
    int type = Character.getType(c);
    return type == Character.FORMAT
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.PRIVATE_USE
        || type == Character.UNASSIGNED;
  }

  private static char hex(int nibble) {
    return Character.forDigit(nibble & 15, 16);
  }
}
