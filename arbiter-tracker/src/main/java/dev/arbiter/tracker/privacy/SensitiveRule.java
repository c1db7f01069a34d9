/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.List;
import java.util.function.Predicate;

/**
 * One pattern.
 *
 * @param kind the kind it finds
 * @param pattern group 1, or the whole match without a group, is the sensitive part
 * @param words lower-case words of which the text must contain one; empty for any text
 * @param confirm an additional check of the sensitive part, such as its check digit
 */
record SensitiveRule(
    Scrubber.Kind kind, Pattern pattern, List<String> words, Predicate<String> confirm) {

  static SensitiveRule of(Scrubber.Kind kind, String pattern, String... words) {
    return new SensitiveRule(kind, Pattern.compile(pattern), List.of(words), part -> true);
  }

  SensitiveRule when(Predicate<String> look) {
    return new SensitiveRule(kind, pattern, words, look);
  }

  /** Adds all matches; the second text is the first in lower case. */
  void find(String text, String lower, List<Scrubber.Span> found) {
    if (!words.isEmpty() && !hasWord(lower)) {
      return;
    }
    Matcher matcher = pattern.matcher(text);
    int group = pattern.groupCount() == 0 ? 0 : 1;
    while (matcher.find()) {
      if (confirm.test(matcher.group(group))) {
        found.add(new Scrubber.Span(kind, matcher.start(group), matcher.end(group)));
      }
    }
  }

  private boolean hasWord(String lower) {
    for (String word : words) {
      if (lower.contains(word)) {
        return true;
      }
    }
    return false;
  }
}
