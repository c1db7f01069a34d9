/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The front matter of a file that others wrote: the part of YAML that skills use. Keys at the left
 * with a plain, quoted or block value; what is nested is passed over. Anchors, tags, aliases,
 * merges and documents after the first do not exist here.
 *
 * @param values the values of keys at the left
 * @param body the index of the first line after it
 */
record FrontMatter(Map<String, String> values, int body) {
  private static final String MARK = "---";
  private static final int MOST_LINES = 200;
  private static final int LONGEST_LINE = 8_192;
  private static final Pattern PAIR = Pattern.compile("([A-Za-z][A-Za-z0-9_-]{0,63}):(?: (.*))?");
  private static final Pattern BLOCK = Pattern.compile("([|>])[-+]?");
  private static final String ODD = "[]{}&*!%@`,?|>";

  /**
   * Reads front matter.
   *
   * @param lines the lines of a file
   * @throws IllegalArgumentException if there is none, or it is odd; the message says where
   */
  static FrontMatter parse(List<String> lines) {
    if (lines.isEmpty() || !lines.get(0).equals(MARK)) {
      throw new IllegalArgumentException("it does not begin with '---'");
    }
    Map<String, String> values = new HashMap<>();
    int at = 1;
    while (at < Math.min(lines.size(), MOST_LINES)) {
      String line = lines.get(at);
      if (line.equals(MARK)) {
        return new FrontMatter(values, at + 1);
      }
      int next = at + 1;
      while (next < Math.min(lines.size(), MOST_LINES) && isWithin(lines.get(next))) {
        next++;
      }
      if (!line.isBlank() && !line.startsWith("#")) {
        pair(line, at, lines.subList(at + 1, next), values);
      }
      at = next;
    }
    throw new IllegalArgumentException(
        "its front matter does not end within " + MOST_LINES + " lines");
  }

  private static boolean isWithin(String line) {
    return line.startsWith(" ") || line.startsWith("\t");
  }

  private static void pair(String line, int at, List<String> within, Map<String, String> values) {
    Matcher pair = line.length() <= LONGEST_LINE ? PAIR.matcher(line) : null;
    if (pair == null || !pair.matches()) {
      throw new IllegalArgumentException("line " + (at + 1) + " is no 'key: value'");
    }
    String raw = pair.group(2) == null ? "" : pair.group(2).strip();
    if (values.put(pair.group(1), value(raw, at, within)) != null) {
      throw new IllegalArgumentException(
          "line " + (at + 1) + " has the key '" + pair.group(1) + "' again");
    }
  }

  private static String value(String raw, int at, List<String> within) {
    Matcher block = BLOCK.matcher(raw);
    if (block.matches()) {
      List<String> parts = new ArrayList<>();
      within.forEach(line -> parts.add(line.strip()));
      return String.join(block.group(1).equals("|") ? "\n" : " ", parts).strip();
    }
    if (raw.startsWith("\"") || raw.startsWith("'")) {
      return quoted(raw, at);
    }
    if (raw.isEmpty() || ODD.indexOf(raw.charAt(0)) >= 0) {
      return "";
    }
    int comment = raw.indexOf(" #");
    return comment < 0 ? raw : raw.substring(0, comment).strip();
  }

  private static String quoted(String raw, int at) {
    char quote = raw.charAt(0);
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '\\' && quote == '"' && i + 1 < raw.length()) {
        char escaped = raw.charAt(++i);
        text.append(escaped == 'n' || escaped == 't' ? ' ' : escaped);
      } else if (c != quote) {
        text.append(c);
      } else if (quote == '\'' && i + 1 < raw.length() && raw.charAt(i + 1) == quote) {
        text.append(raw.charAt(++i));
      } else {
        return text.toString();
      }
    }
    throw new IllegalArgumentException("line " + (at + 1) + " has a quote that is not closed");
  }

  /** A value that holds any clean text, quoted. */
  static String quote(String clean) {
    return '"' + clean.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
