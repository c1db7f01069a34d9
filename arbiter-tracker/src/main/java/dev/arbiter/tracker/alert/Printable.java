/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.Locale;

/** Makes foreign text fit for one line of a log, a chat or a mail header. */
final class Printable {
  private static final int LONGEST = 256;

  private Printable() {}

  /** Escapes what is no visible character, and cuts at 256 characters. */
  static String of(String text) {
    StringBuilder out = new StringBuilder(Math.min(text.length(), LONGEST) + 8);
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      String next = visible(c) ? Character.toString(c) : String.format(Locale.ROOT, "\\u%04x", c);
      if (out.length() + next.length() > LONGEST) {
        return out.append("...").toString();
      }
      out.append(next);
      i += Character.charCount(c);
    }
    return out.toString();
  }

  private static boolean visible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
