/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import java.util.List;

/** Marks that say work is left. */
final class Todos {
  private static final List<String> MARKS = List.of("TODO", "FIXME", "XXX", "HACK");

  private Todos() {}

  /** The mark a line holds as a whole word, empty when it holds none. */
  static String mark(String line) {
    for (String mark : MARKS) {
      for (int at = line.indexOf(mark); at >= 0; at = line.indexOf(mark, at + 1)) {
        int end = at + mark.length();
        boolean starts = at == 0 || !isWord(line.charAt(at - 1));
        if (starts && (end == line.length() || !isWord(line.charAt(end)))) {
          return mark;
        }
      }
    }
    return "";
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }
}
