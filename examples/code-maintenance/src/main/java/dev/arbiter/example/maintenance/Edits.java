/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Changes of one text at known places; not thread-safe. */
final class Edits {
  private final String text;
  private final List<Edit> edits = new ArrayList<>();

  Edits(String text) {
    this.text = text;
  }

  /** One replacement of a piece of text. */
  record Edit(int from, int to, String replacement) {}

  /** Replaces the text between two places. */
  void replace(int from, int to, String replacement) {
    edits.add(new Edit(from, to, replacement));
  }

  int size() {
    return edits.size();
  }

  /** The text with the edits made; edits must not overlap. */
  String apply() {
    edits.sort(Comparator.comparingInt(Edit::from));
    StringBuilder result = new StringBuilder(text.length());
    int at = 0;
    for (Edit edit : edits) {
      result.append(text, at, edit.from).append(edit.replacement);
      at = edit.to;
    }
    return result.append(text, at, text.length()).toString();
  }

  /**
   * Takes back the edit at a place of the edited text; returns false if there is none.
   *
   * @param offset a place in the text after {@link #apply}
   */
  boolean takeBack(long offset) {
    int shift = 0;
    for (Edit edit : edits) {
      int begin = edit.from + shift;
      if (offset >= begin && offset <= begin + edit.replacement.length()) {
        return edits.remove(edit);
      }
      shift += edit.replacement.length() - (edit.to - edit.from);
    }
    return false;
  }
}
