/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import java.util.Locale;
import java.util.Set;

/** Texts in quotes, as the languages of programs and settings write them. */
final class StringLiteral {
  private static final int LONGEST_PREFIX = 3;

  /** What stands before a quote, such as in {@code f"x"}, {@code b'x'} and {@code @"x"}. */
  private static final Set<String> PREFIXES =
      Set.of(
          "", "f", "b", "r", "u", "l", "s", "n", "e", "c", "rb", "br", "fr", "rf", "u8", "lr", "ur",
          "raw", "@", "$", "$@", "@$", "&", "r#", "br#");

  private StringLiteral() {}

  /** Where the quote is that opens a text at a place, maybe behind a prefix; -1 without one. */
  static int quoteAt(String line, int from) {
    for (int at = from; at < line.length() && at - from <= LONGEST_PREFIX; at++) {
      if ("\"'`".indexOf(line.charAt(at)) >= 0) {
        String prefix = line.substring(from, at).toLowerCase(Locale.ROOT);
        return PREFIXES.contains(prefix) ? at : -1;
      }
    }
    return -1;
  }

  /**
   * The text up to its closing quote or the end of the line; empty if values of a program are put
   * into it.
   */
  static String value(String line, int from, int quote, int longest) {
    char mark = line.charAt(quote);
    int start = quote + 1;
    if (line.startsWith(String.valueOf(mark).repeat(2), start)) {
      start += 2; // three quotes open a text of many lines
    }
    if (line.startsWith("(", start) && line.startsWith("R", from)) {
      start++; // R"(x)"
    }
    int end = start;
    while (end < line.length() && line.charAt(end) != mark && end - start < longest) {
      end += line.charAt(end) == '\\' ? 2 : 1;
    }
    String value = line.substring(start, Math.min(end, line.length()));
    char kind = Character.toLowerCase(line.charAt(from));
    boolean filled = (kind == 'f' || kind == '$' || kind == 's') && quote > from;
    return filled && (value.indexOf('{') >= 0 || value.indexOf('$') >= 0) ? "" : value;
  }
}
