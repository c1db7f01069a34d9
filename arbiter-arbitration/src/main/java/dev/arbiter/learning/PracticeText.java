/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.internal.Sanitizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The text of a practice: made one clean line, and compared with others. */
final class PracticeText {
  private static final double LIKE = .7;
  private static final Set<String> TURNS =
      Set.of(
          "not", "no", "never", "without", "avoid", "don", "dont", "cannot", "instead", "unless",
          "except", "before", "after", "nicht", "kein", "nie", "ohne");

  private PracticeText() {}

  /**
   * A text as one line: every run of blanks and control characters is a space, and characters that
   * a reader cannot see are left out. May be longer than a practice can be.
   */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder(Math.min(text.length(), 2 * Practice.LONGEST));
    boolean gap = false;
    for (int i = 0; i < text.length() && clean.length() <= Practice.LONGEST; ) {
      int point = text.codePointAt(i);
      i += Character.charCount(point);
      boolean visible = Sanitizer.isVisible(point);
      gap |= Character.isWhitespace(point) || Character.isSpaceChar(point) || isControl(point);
      if (visible) {
        if (gap && !clean.isEmpty()) {
          clean.append(' ');
        }
        clean.appendCodePoint(point);
        gap = false;
      }
    }
    return clean.toString();
  }

  private static boolean isControl(int point) {
    return Character.getType(point) == Character.CONTROL;
  }

  /** Whether a text can be that of a practice. */
  static boolean isClean(String text) {
    return !text.isEmpty() && text.length() <= Practice.LONGEST && clean(text).equals(text);
  }

  /**
   * Whether two texts say the same: Jaccard likeness above .7 of their words and pairs of words.
   * Texts that differ in a number or in a word that turns the meaning never do.
   */
  static boolean isLike(String one, String other) {
    Set<String> mine = features(one);
    Set<String> others = features(other);
    Set<String> common = new HashSet<>(mine);
    common.retainAll(others);
    Set<String> all = new HashSet<>(mine);
    all.addAll(others);
    if (common.size() <= LIKE * all.size()) {
      return false;
    }
    all.removeAll(common);
    return all.stream().noneMatch(PracticeText::turns);
  }

  private static boolean turns(String feature) {
    return feature.chars().anyMatch(Character::isDigit) || TURNS.contains(feature);
  }

  private static Set<String> features(String text) {
    List<String> words = words(text);
    Set<String> features = new HashSet<>(words);
    for (int i = 1; i < words.size(); i++) {
      features.add(words.get(i - 1) + ' ' + words.get(i));
    }
    return features;
  }

  /* An ideograph is a word of its own: there are no spaces between them. */
  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    text.toLowerCase(Locale.ROOT)
        .codePoints()
        .forEach(
            point -> {
              boolean letter = Character.isLetterOrDigit(point);
              if ((!letter || Character.isIdeographic(point)) && !word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
              }
              if (Character.isIdeographic(point)) {
                words.add(Character.toString(point));
              } else if (letter) {
                word.appendCodePoint(point);
              }
            });
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }
}
