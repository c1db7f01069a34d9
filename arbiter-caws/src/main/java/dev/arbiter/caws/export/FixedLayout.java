/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text of fixed pieces with values between them. The reader uses the same pieces, writes the
 * values again and compares, so that a value has one spelling. Without a parser, no second
 * interpretation of a text is possible.
 */
final class FixedLayout {
  private final List<String> pieces;

  FixedLayout(String... pieces) {
    this.pieces = List.of(pieces);
  }

  /** Puts values between the pieces, one fewer than there are pieces. */
  String write(String... values) {
    StringBuilder text = new StringBuilder(pieces.get(0));
    for (int i = 0; i < values.length; i++) {
      text.append(values[i]).append(pieces.get(i + 1));
    }
    return text.toString();
  }

  /** The values, or null when the text has another layout. */
  @Nullable List<String> read(String text) {
    if (!text.startsWith(pieces.get(0))) {
      return null;
    }
    List<String> values = new ArrayList<>();
    int from = pieces.get(0).length();
    for (String piece : pieces.subList(1, pieces.size())) {
      int to = text.indexOf(piece, from);
      if (to < 0) {
        return null;
      }
      values.add(text.substring(from, to));
      from = to + piece.length();
    }
    return write(values.toArray(String[]::new)).equals(text) ? values : null;
  }
}
