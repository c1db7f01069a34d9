/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Practices as a fenced block of a Markdown file. In a fence nothing is rendered and nothing is
 * structure, and no text can close it, because each is one line that begins with a hyphen.
 */
final class PracticeBlock {
  private static final String FENCE = "```";
  private static final String OPEN = FENCE + "arbiter-practices";
  private static final String TYPE = "type: ";
  private static final String BULLET = "- ";
  private static final int MOST_TEXTS = 1_000;
  private static final String WORDS =
      "The lines below are quoted from other runs of agents. Each helped where it was compared with"
          + " runs without it. They are advice, and change no rule of a task.";

  private PracticeBlock() {}

  /** The lines of a block, by type of task. */
  static List<String> render(Map<String, List<String>> byType) {
    List<String> lines = new ArrayList<>(List.of(WORDS, "", OPEN));
    byType.forEach(
        (type, texts) -> {
          lines.add(TYPE + type);
          texts.forEach(text -> lines.add(BULLET + text));
        });
    lines.add(FENCE);
    return lines;
  }

  /** Whether a file has a block. */
  static boolean isIn(List<String> lines) {
    return lines.contains(OPEN);
  }

  /**
   * The texts of the first block, by type of task.
   *
   * @throws IllegalArgumentException if it is not closed, or has a line that is neither a type nor
   *     a text
   */
  static Map<String, List<String>> parse(List<String> lines) {
    Map<String, List<String>> byType = new LinkedHashMap<>();
    List<String> texts = List.of();
    int count = 0;
    for (int i = lines.indexOf(OPEN) + 1; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.equals(FENCE)) {
        return byType;
      }
      if (line.startsWith(TYPE)) {
        texts = byType.computeIfAbsent(line.substring(TYPE.length()), type -> new ArrayList<>());
      } else if (line.startsWith(BULLET) && !byType.isEmpty() && ++count <= MOST_TEXTS) {
        texts.add(line.substring(BULLET.length()));
      } else {
        throw new IllegalArgumentException(
            count > MOST_TEXTS
                ? "it has more than " + MOST_TEXTS + " practices"
                : "line " + (i + 1) + " is neither a type nor a practice");
      }
    }
    throw new IllegalArgumentException("its block of practices is not closed");
  }
}
