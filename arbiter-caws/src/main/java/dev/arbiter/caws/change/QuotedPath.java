/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.Sanitizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A path as Git prints it: in quotes with C escapes when it holds anything odd. */
final class QuotedPath {
  private static final String LETTERS = "abtnvfr\"\\";
  private static final String MEANINGS = "\u0007\b\t\n\u000b\f\r\"\\";

  private QuotedPath() {}

  /** The bytes of the name, one character each; a text that is not in quotes has them already. */
  static String bytes(String text) {
    if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    int end = text.length() - 1;
    for (int i = 1; i < end; ) {
      char c = text.charAt(i++);
      if (c == '\\') {
        i = escape(text, i, end, bytes);
      } else {
        bytes.write(c);
      }
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  /** Behind the quote that closes the one at the start; 0 if none does. */
  static int end(String text) {
    for (int i = 1; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      i += c == '\\' ? 1 : 0;
    }
    return 0;
  }

  private static int escape(String text, int at, int end, ByteArrayOutputStream bytes) {
    char c = at < end ? text.charAt(at) : 0;
    int letter = LETTERS.indexOf(c);
    if (letter >= 0) {
      bytes.write(MEANINGS.charAt(letter));
      return at + 1;
    }
    boolean octal =
        c >= '0' && c <= '3' && at + 3 <= end && isOctal(text, at + 1) && isOctal(text, at + 2);
    if (!octal) {
      throw new IllegalArgumentException(
          "the quoted path " + Sanitizer.text(text, 80) + " holds an escape Git does not write");
    }
    bytes.write(Integer.parseInt(text.substring(at, at + 3), 8));
    return at + 3;
  }

  private static boolean isOctal(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '7';
  }
}
