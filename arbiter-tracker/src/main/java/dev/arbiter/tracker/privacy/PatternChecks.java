/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

/** Additional checks of pattern matches. */
final class PatternChecks {
  private static final int FEWEST_PHONE_DIGITS = 8;
  private static final int MOST_PHONE_DIGITS = 15;
  private static final int SHORTEST_KEY = 8;
  private static final int LONGER_THAN_WORDS = 24;

  private PatternChecks() {}

  /** ISO 7064 MOD 97-10 over the number with its first four characters at the end. */
  static boolean isIban(String text) {
    String compact = text.replace(" ", "");
    int rest = 0;
    for (int i = 0; i < compact.length(); i++) {
      int value = Character.digit(compact.charAt((i + 4) % compact.length()), 36);
      rest = (rest * (value < 10 ? 10 : 100) + value) % 97;
    }
    return compact.length() >= 15 && rest == 1;
  }

  static boolean isSsn(String text) {
    return text.charAt(0) != '9'
        && !text.startsWith("000")
        && !text.startsWith("666")
        && !text.startsWith("00", 4)
        && !text.endsWith("0000");
  }

  static boolean isPhone(String text) {
    long digits = text.chars().filter(c -> isDigit((char) c)).count();
    return digits >= FEWEST_PHONE_DIGITS && digits <= MOST_PHONE_DIGITS + 2;
  }

  static boolean isIpV4(String text) {
    for (String part : text.split("\\.", -1)) {
      if (Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }

  /** Excludes the two colons of code, such as {@code List::add}: needs a digit. */
  static boolean isIpV6(String text) {
    return hasDigit(text) && text.length() > 3;
  }

  /** The text after a known prefix is not a plain word. */
  static boolean hasTail(String text) {
    return hasDigit(text.substring(4)) || text.length() >= LONGER_THAN_WORDS;
  }

  /** Letters and digits alternate as in no word; the text may be short. */
  static boolean looksRandom(String text) {
    return OpaqueTokens.alternates(text, 0, text.length());
  }

  /** Long enough, and not a plain word or a small number. */
  static boolean looksLikeKey(String text) {
    return text.length() >= SHORTEST_KEY && (hasDigit(text) || text.length() >= LONGER_THAN_WORDS);
  }

  private static boolean hasDigit(String text) {
    return text.chars().anyMatch(c -> isDigit((char) c));
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
