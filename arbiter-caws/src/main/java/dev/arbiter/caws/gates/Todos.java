/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import java.util.List;

/** Marks of unfinished work. */
final class Todos {
  private static final List<String> MARKS = List.of("TODO", "FIXME", "XXX", "HACK");

  private Todos() {}

  /** The first mark that is a whole word of the line, empty for none. */
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
