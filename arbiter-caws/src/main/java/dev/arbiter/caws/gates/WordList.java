/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import java.util.ArrayList;
import java.util.List;

/** Words to be looked for in short texts, sorted by their first letter. */
final class WordList {
  private static final int LETTERS = 128;

  private final List<List<String>> byLetter = new ArrayList<>(LETTERS);

  WordList(String... words) {
    for (int i = 0; i < LETTERS; i++) {
      byLetter.add(new ArrayList<>(0));
    }
    for (String word : words) {
      byLetter.get(word.charAt(0)).add(word);
    }
  }

  /** Whether a text holds one of the words anywhere. */
  boolean isIn(CharSequence text) {
    String given = text.toString();
    for (int i = 0; i < given.length(); i++) {
      char c = given.charAt(i);
      List<String> words = c < LETTERS ? byLetter.get(c) : List.of();
      for (int j = 0; j < words.size(); j++) {
        if (given.startsWith(words.get(j), i)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether a text begins with one of the words. */
  boolean isAtStart(String text) {
    char c = text.isEmpty() ? LETTERS : text.charAt(0);
    return c < LETTERS && byLetter.get(c).stream().anyMatch(text::startsWith);
  }

  /** Whether a text ends with one of the words. */
  boolean isAtEnd(String text) {
    return byLetter.stream().anyMatch(words -> words.stream().anyMatch(text::endsWith));
  }
}
