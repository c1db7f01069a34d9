/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.util.List;

/** Finds payment card numbers: 13 to 19 digits, possibly grouped, with a valid check digit. */
final class CardNumbers {
  private static final int SHORTEST = 13;
  private static final int LONGEST = 19;

  private CardNumbers() {}

  static void find(String text, List<Scrubber.Span> found) {
    int at = 0;
    while (at < text.length()) {
      int end = beginsCard(text, at) ? end(text, at) : at;
      if (end > at) {
        found.add(new Scrubber.Span(Scrubber.Kind.CARD, at, end));
        at = end;
      } else {
        at++;
      }
    }
  }

  /** Cards begin with 2 to 6, and not in the middle of a group of digits. */
  private static boolean beginsCard(String text, int at) {
    char c = text.charAt(at);
    return c >= '2' && c <= '6' && (at == 0 || !PatternChecks.isDigit(text.charAt(at - 1)));
  }

  /** The end of the longest card number that begins here, or the begin if there is none. */
  private static int end(String text, int from) {
    /*
     * Luhn (ISO/IEC 7812-1) counts from the right and doubles every second digit. From the left,
     * the two sums, with and without the last digit doubled, swap at each digit.
     */
    int best = from;
    int digits = 0;
    int plain = 0;
    int doubled = 0;
    for (int at = from; at < text.length() && digits < LONGEST; at++) {
      char c = text.charAt(at);
      if (!PatternChecks.isDigit(c)) {
        if ((c == ' ' || c == '-') && PatternChecks.isDigit(text.charAt(at - 1))) {
          continue;
        }
        break;
      }
      int digit = c - '0';
      int before = plain;
      plain = doubled + digit;
      doubled = before + (digit > 4 ? 2 * digit - 9 : 2 * digit);
      digits++;
      boolean groupEnds = at + 1 == text.length() || !PatternChecks.isDigit(text.charAt(at + 1));
      if (groupEnds && digits >= SHORTEST && plain % 10 == 0) {
        best = at + 1;
      }
    }
    return best;
  }
}
