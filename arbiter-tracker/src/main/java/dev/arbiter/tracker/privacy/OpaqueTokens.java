/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.util.List;

/** Finds keys of unknown kind: long runs of alternating small letters, capitals and digits. */
final class OpaqueTokens {
  /*
   * Between one character and the next, ignoring - _ = + ~, a random base-62 text changes its class
   * in 62 of 100 steps, a base-36 text in 40, hexadecimal digits in 47. Words joined by hyphens
   * change in fewer than 15; CamelCase in 30 to 45, but it has hardly any digits. A run of 20 or
   * more is a key if it changes in a fifth of its steps and has two digits, or in two fifths and
   * has one.
   */
  private static final int SHORTEST = 20;
  private static final int MANY_DIGITS = 2;
  private static final int FEWEST_STEPS = 10;

  private OpaqueTokens() {}

  static void find(String text, List<Scrubber.Span> found) {
    int start = 0;
    while (start < text.length()) {
      int end = start;
      while (end < text.length() && isPart(text.charAt(end))) {
        end++;
      }
      if (end - start >= SHORTEST && alternates(text, start, end)) {
        found.add(new Scrubber.Span(Scrubber.Kind.OPAQUE, start, end));
      }
      start = end + 1;
    }
  }

  /** Returns whether the character class changes as often as in random text. */
  static boolean alternates(String text, int start, int end) {
    int digits = 0;
    int changes = 0;
    int steps = 0;
    int last = 0;
    for (int at = start; at < end; at++) {
      int kind = kind(text.charAt(at));
      if (kind == 0) {
        continue;
      }
      digits += kind == 3 ? 1 : 0;
      changes += last != 0 && kind != last ? 1 : 0;
      steps++;
      last = kind;
    }
    int fifths = digits >= MANY_DIGITS ? 1 : 2;
    return digits > 0 && steps >= FEWEST_STEPS && changes * 5 >= fifths * steps;
  }

  private static boolean isPart(char c) {
    return kind(c) != 0 || c == '-' || c == '_' || c == '=' || c == '+' || c == '~';
  }

  private static int kind(char c) {
    if (c >= 'a' && c <= 'z') {
      return 1;
    }
    if (c >= 'A' && c <= 'Z') {
      return 2;
    }
    return PatternChecks.isDigit(c) ? 3 : 0;
  }
}
