/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import java.util.Map;

/** Fills {@code {name}} in one word of a command, in one pass: values are not filled again. */
final class Placeholders {
  private Placeholders() {}

  static String fill(String word, Map<String, String> values) {
    StringBuilder filled = new StringBuilder(word.length());
    int at = 0;
    while (at < word.length()) {
      int open = word.indexOf('{', at);
      int close = open < 0 ? -1 : word.indexOf('}', open);
      String value = close < 0 ? null : values.get(word.substring(open + 1, close));
      if (value == null) {
        int next = open < 0 ? word.length() : open + 1;
        filled.append(word, at, next);
        at = next;
      } else {
        filled.append(word, at, open).append(value);
        at = close + 1;
      }
    }
    return filled.toString();
  }
}
